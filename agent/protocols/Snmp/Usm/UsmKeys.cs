namespace EdgeDcim.Protocols.Snmp.Usm;

/// <summary>A user's keys at one engine.</summary>
internal sealed class UsmKeys
{
    private readonly byte[] authenticationKey;

    public UsmKeys(SnmpUser user, byte[] engineId)
    {
        User = user;
        EngineId = engineId;
        authenticationKey = user.Authentication == SnmpAuthentication.None
            ? []
            : UsmDigest.Localize(user.Authentication, user.AuthenticationKey, engineId);
        Cipher = user.Privacy == SnmpPrivacy.None
            ? null
            : UsmCipher.Create(user.Privacy, user.Authentication, UsmDigest.Localize(user.Authentication, user.PrivacyKey, engineId), engineId);
    }

    public SnmpUser User { get; }

    public byte[] EngineId { get; }

    /// <summary>Null without privacy.</summary>
    public UsmCipher? Cipher { get; }

    public void Sign(ReadOnlySpan<byte> message, Span<byte> mac) => UsmDigest.Mac(User.Authentication, authenticationKey, message, mac);
}
