using EdgeDcim.Agent.Configuration;

namespace EdgeDcim.Agent.Profiles;

/// <summary>A device model, validated: what can be read from it and how. Two profiles are equal when they read alike.</summary>
internal abstract class DeviceProfile(ProfileHeader header, IReadOnlyList<Point> points) : IEquatable<DeviceProfile>
{
    public ProfileHeader Header => header;

    public string Name => header.Name;

    public IReadOnlyList<Point> Points => points;

    /// <summary>How gently devices of the model want to be asked.</summary>
    public virtual PathPace Pace => PathPace.Default;

    /// <summary>The requests that one poll of a group takes, one line each, for people. Tables are shown by their columns.</summary>
    public abstract IReadOnlyList<string> DescribePlan(PollGroup group);

    /// <summary>What is asked before the first poll, and how often again, for people; null: nothing.</summary>
    public virtual string? DescribeSurvey() => null;

    public bool Equals(DeviceProfile? other) => other is not null && other.Name == Name && other.Header.Fingerprint == header.Fingerprint;

    public override bool Equals(object? obj) => Equals(obj as DeviceProfile);

    public override int GetHashCode() => HashCode.Combine(Name, header.Fingerprint);

    public override string ToString() => Name;
}
