using EdgeDcim.Protocols.Snmp.Usm;

namespace EdgeDcim.Protocols.Snmp;

/// <summary>How messages of SNMPv3 are authenticated (RFC 3414, RFC 7860).</summary>
public enum SnmpAuthentication
{
    None,
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// <summary>How messages of SNMPv3 are encrypted (RFC 3414, RFC 3826; AES-192 and AES-256 were never standardised).</summary>
public enum SnmpPrivacy
{
    None,
    Des,
    Aes128,

    /// <summary>Keys extended as draft-blumenthal-aes-usm-04 says: net-snmp and most agents.</summary>
    Aes192,

    /// <inheritdoc cref="Aes192"/>
    Aes256,

    /// <summary>Keys extended as draft-reeder-snmpv3-usm-3desede says: Cisco and others.</summary>
    Aes192Reeder,

    /// <inheritdoc cref="Aes192Reeder"/>
    Aes256Reeder,
}

/// <summary>A user of SNMPv3 with its passwords, which appear in no message and no text form.</summary>
public sealed class SnmpUser
{
    private readonly Lazy<byte[]> authenticationKey;
    private readonly Lazy<byte[]> privacyKey;

    /// <summary>RFC 3414 section 11.2 demands this much of a password.</summary>
    public const int MinPasswordLength = 8;

    /// <param name="name">1 to 32 characters.</param>
    /// <param name="authentication">None: then no password is needed and no privacy possible.</param>
    /// <param name="authenticationPassword">At least 8 characters.</param>
    /// <param name="privacy">Needs authentication.</param>
    /// <param name="privacyPassword">At least 8 characters.</param>
    /// <exception cref="ArgumentException">A rule above is broken.</exception>
    public SnmpUser(
        string name,
        SnmpAuthentication authentication = SnmpAuthentication.None,
        string? authenticationPassword = null,
        SnmpPrivacy privacy = SnmpPrivacy.None,
        string? privacyPassword = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > 32)
        {
            throw new ArgumentException("the name of an SNMPv3 user has at most 32 characters", nameof(name));
        }

        if (privacy != SnmpPrivacy.None && authentication == SnmpAuthentication.None)
        {
            throw new ArgumentException($"the SNMPv3 user '{name}' has privacy but no authentication; SNMPv3 knows no such level", nameof(privacy));
        }

        Require(name, authentication != SnmpAuthentication.None, authenticationPassword, nameof(authenticationPassword));
        Require(name, privacy != SnmpPrivacy.None, privacyPassword, nameof(privacyPassword));
        Name = name;
        Authentication = authentication;
        Privacy = privacy;
        // A megabyte is hashed for each: once a user, when it is needed.
        authenticationKey = new Lazy<byte[]>(() => UsmDigest.PasswordToKey(authentication, authenticationPassword!));
        privacyKey = new Lazy<byte[]>(() => UsmDigest.PasswordToKey(authentication, privacyPassword!));
    }

    public string Name { get; }

    public SnmpAuthentication Authentication { get; }

    public SnmpPrivacy Privacy { get; }

    /// <summary>Ku of RFC 3414 A.2.1; only with authentication.</summary>
    internal byte[] AuthenticationKey => authenticationKey.Value;

    /// <summary>The same of the privacy password, by the hash of the authentication protocol; only with privacy.</summary>
    internal byte[] PrivacyKey => privacyKey.Value;

    /// <summary>The name alone.</summary>
    public override string ToString() => Name;

    private static void Require(string name, bool needed, string? password, string parameter)
    {
        if (needed && (password?.Length ?? 0) < MinPasswordLength)
        {
            throw new ArgumentException($"the SNMPv3 user '{name}' needs a password of at least {MinPasswordLength} characters", parameter);
        }
    }
}
