using System.Diagnostics.CodeAnalysis;

namespace EdgeDcim.Core.Sparkplug;

/// <summary>
/// The address of a Sparkplug message: <c>spBv1.0/group/TYPE/node[/device]</c>, or <c>spBv1.0/STATE/host</c>.
/// For <see cref="MessageType.State"/> the group is empty and <paramref name="Node"/> is the host id.
/// </summary>
public sealed record SparkplugTopic(string Group, MessageType Type, string Node, string? Device = null)
{
    public const string Namespace = "spBv1.0";

    private static readonly string[] Words = ["NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA", "DDATA", "NCMD", "DCMD", "STATE"];

    /// <summary>The group and node that the specification calls an edge node descriptor: <c>group/node</c>.</summary>
    public string Descriptor => $"{Group}/{Node}";

    public static SparkplugTopic State(string host) => new("", MessageType.State, host);

    /// <summary>What a host subscribes to for one group, or for all of them with <c>+</c>.</summary>
    public static string GroupFilter(string group) => $"{Namespace}/{group}/#";

    /// <summary>True when <paramref name="id"/> may name a group, node, device or host: not empty, without <c>+ / #</c> and control characters.</summary>
    public static bool IsId([NotNullWhen(true)] string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return false;
        }

        foreach (var letter in id)
        {
            if (letter is '+' or '/' or '#' || char.IsControl(letter))
            {
                return false;
            }
        }

        return true;
    }

    /// <exception cref="SparkplugException">The topic is not one of Sparkplug's.</exception>
    public static SparkplugTopic Parse(string topic) =>
        TryParse(topic, out var parsed) ? parsed : throw new SparkplugException($"'{Shorten(topic)}' is not a Sparkplug topic");

    public static bool TryParse(string topic, [NotNullWhen(true)] out SparkplugTopic? parsed)
    {
        parsed = null;
        var levels = topic.Split('/', 6);
        if (levels.Length is < 3 or > 5 || levels[0] != Namespace)
        {
            return false;
        }

        if (levels.Length == 3)
        {
            parsed = levels[1] == "STATE" && IsId(levels[2]) ? State(levels[2]) : null;
            return parsed is not null;
        }

        var word = Array.IndexOf(Words, levels[2]);
        var device = levels.Length == 5 ? levels[4] : null;
        if (word < 0 || !IsId(levels[1]) || !IsId(levels[3]) || !HasRightLevels((MessageType)word, device))
        {
            return false;
        }

        parsed = new SparkplugTopic(levels[1], (MessageType)word, levels[3], device);
        return true;
    }

    /// <summary>The topic as it goes on the wire.</summary>
    /// <exception cref="SparkplugException">An id is not legal, or the device is missing or too many for the type.</exception>
    public string Format()
    {
        Require(Node, Type == MessageType.State ? "host" : "node");
        if (Type == MessageType.State)
        {
            return $"{Namespace}/STATE/{Node}";
        }

        Require(Group, "group");
        if (Device is not null)
        {
            Require(Device, "device");
        }

        if (!HasRightLevels(Type, Device))
        {
            throw new SparkplugException($"a {Words[(int)Type]} topic {(Device is null ? "needs a device" : "has no device")}");
        }

        return Device is null
            ? $"{Namespace}/{Group}/{Words[(int)Type]}/{Node}"
            : $"{Namespace}/{Group}/{Words[(int)Type]}/{Node}/{Device}";
    }

    public override string ToString() => Format();

    private static bool HasRightLevels(MessageType type, string? device) => type switch
    {
        MessageType.DeviceBirth or MessageType.DeviceDeath or MessageType.DeviceData or MessageType.DeviceCommand => IsId(device),
        MessageType.State => false,
        _ => device is null,
    };

    private static void Require(string id, string what)
    {
        if (!IsId(id))
        {
            throw new SparkplugException($"'{Shorten(id)}' cannot be a {what} id: it must not be empty nor hold + / # or control characters");
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
