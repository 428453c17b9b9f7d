using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeDcim.Collector.Certificates;

/// <summary>
/// The serial numbers that an authority has taken back (RFC 5280, 5.1), read from a file because a plant network reaches no server of
/// revocation lists. A list counts only with the signature of an authority that is trusted here.
/// </summary>
internal sealed class RevocationList
{
    private readonly HashSet<BigInteger> serials = [];

    private RevocationList(byte[] issuer) => Issuer = issuer;

    /// <summary>The name of the authority in DER.</summary>
    public byte[] Issuer { get; }

    public int Count => serials.Count;

    public DateTimeOffset? NextUpdate { get; private set; }

    public bool Names(X509Certificate2 certificate) => certificate.IssuerName.RawData.AsSpan().SequenceEqual(Issuer) && Names(certificate.SerialNumberBytes.Span);

    public bool Names(ReadOnlySpan<byte> serial) => serials.Contains(new BigInteger(serial, isUnsigned: true, isBigEndian: true));

    /// <exception cref="CertificateException">The file is no revocation list, or none of the authorities signed it.</exception>
    public static RevocationList Load(string file, X509Certificate2Collection authorities)
    {
        try
        {
            var pem = File.ReadAllText(file);
            var fields = PemEncoding.Find(pem);
            return Read(Convert.FromBase64String(pem[fields.Base64Data]), authorities)
                ?? throw new CertificateException($"the revocation list {file} is not signed by an authority that is trusted here; take the one that belongs to the authority's certificate");
        }
        catch (Exception broken) when (broken is AsnContentException or CryptographicException or FormatException or ArgumentException)
        {
            throw new CertificateException($"{file} is no revocation list in PEM form: {broken.Message.ReplaceLineEndings(" ")}", broken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"the revocation list {file} cannot be read ({unreadable.GetType().Name}); 'pki init' writes one", unreadable);
        }
    }

    private static RevocationList? Read(byte[] der, X509Certificate2Collection authorities)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var signed = outer.PeekEncodedValue();
        var body = outer.ReadSequence();
        var algorithm = outer.ReadSequence().ReadObjectIdentifier();
        var signature = outer.ReadBitString(out _);
        if (body.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            body.ReadInteger();
        }

        body.ReadSequence();
        var list = new RevocationList(body.ReadEncodedValue().ToArray());
        ReadTime(body);
        if (body.HasData && IsTime(body))
        {
            list.NextUpdate = ReadTime(body);
        }

        if (body.HasData && body.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            var entries = body.ReadSequence();
            while (entries.HasData)
            {
                list.serials.Add(entries.ReadSequence().ReadInteger());
            }
        }

        return authorities.Any(authority => authority.SubjectName.RawData.AsSpan().SequenceEqual(list.Issuer) && IsSigned(authority, algorithm, signed.Span, signature))
            ? list
            : null;
    }

    private static bool IsSigned(X509Certificate2 authority, string algorithm, ReadOnlySpan<byte> signed, byte[] signature)
    {
        // RFC 5758 (ECDSA) and RFC 4055 (RSA).
        HashAlgorithmName? hash = algorithm switch
        {
            "1.2.840.10045.4.3.2" or "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
            "1.2.840.10045.4.3.3" or "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
            "1.2.840.10045.4.3.4" or "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
            _ => null,
        };
        if (hash is null)
        {
            return false;
        }

        using var elliptic = authority.GetECDsaPublicKey();
        using var rsa = authority.GetRSAPublicKey();
        return elliptic?.VerifyData(signed, signature, hash.Value, DSASignatureFormat.Rfc3279DerSequence)
            ?? rsa?.VerifyData(signed, signature, hash.Value, RSASignaturePadding.Pkcs1) ?? false;
    }

    private static bool IsTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) || reader.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
