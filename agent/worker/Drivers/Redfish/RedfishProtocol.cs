using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using EdgeDcim.Agent.Configuration;
using EdgeDcim.Agent.Profiles;
using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Drivers.Redfish;

/// <summary>Redfish as the agent uses it: one link a service.</summary>
internal sealed class RedfishProtocol(TimeProvider time) : IProtocol
{
    /// <summary>Management controllers are slow: seconds for one resource are common.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public string Name => "redfish";

    public DeviceProfile ParseProfile(ProfileHeader header, YamlMap profile) => new RedfishProfileReader(header, profile).Read();

    public string LaneKey(EndpointConfig endpoint) => endpoint.At.ToString()!;

    public bool Serves(PathAddress path) => path is HostAddress { Scheme: "redfish+http" or "redfish+https" };

    /// <summary>The service root may be read by everybody. A certificate that nobody vouches for yet is a sign of life too.</summary>
    public async ValueTask<bool> IsPresentAsync(EndpointConfig endpoint, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = endpoint.Timeout ?? DefaultTimeout };
        try
        {
            using var answer = await http.GetAsync(new Uri(ServiceOf(endpoint), "redfish/v1/"), HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized or HttpStatusCode.ServiceUnavailable;
        }
        catch (HttpRequestException refused)
        {
            return refused.InnerException is AuthenticationException;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask<DeviceAccess?> PinAsync(EndpointConfig endpoint, DeviceAccess access, CancellationToken cancel)
    {
        if (access is not RedfishAccess { Fingerprint: null, Authorities: null } open)
        {
            return null;
        }

        string? shown = null;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            shown = errors == SslPolicyErrors.None || certificate is null ? null : Convert.ToHexString(SHA256.HashData(certificate.GetRawCertData()));
            return shown is null;
        };
        using var http = new HttpClient(handler) { Timeout = endpoint.Timeout ?? DefaultTimeout };
        try
        {
            using var answer = await http.GetAsync(new Uri(ServiceOf(endpoint), "redfish/v1/"), HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException)
        {
            // Refused after its certificate was seen, which is all that is wanted of it; or it does not answer at all.
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }

        return shown is null ? null : open with { Fingerprint = shown };
    }

    public ILink OpenLink(EndpointConfig endpoint) => new RedfishLink(ServiceOf(endpoint), endpoint.Timeout ?? DefaultTimeout, time);

    private static Uri ServiceOf(EndpointConfig endpoint) =>
        endpoint.At is HostAddress host ? new UriBuilder(host.Scheme["redfish+".Length..], host.Host, host.Port).Uri : throw new ArgumentException("not a Redfish address", nameof(endpoint));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
