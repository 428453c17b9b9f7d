using EdgeDcim.Core.Configuration;

namespace EdgeDcim.Agent.Configuration;

/// <summary>Reads <c>broker</c> of agent.yaml.</summary>
/// <param name="folder">Where the configuration lies.</param>
internal sealed class BrokerReader(string folder)
{
    public BrokerConfig Read(YamlMap map)
    {
        var texts = map.Has("urls") ? map.Strings("urls") : map.Required("url") is { } single ? [single] : [];
        if (map.Has("urls") && map.Has("url"))
        {
            map.Problem("url", "write either 'url' or 'urls'");
        }

        var urls = new List<Uri>();
        foreach (var text in texts)
        {
            if (Uri.TryCreate(text.Text, UriKind.Absolute, out var url) && url.UserInfo.Length > 0)
            {
                // First, so that no other message repeats the password.
                text.Problem("the broker address must not hold a user or password; write them as 'user' and 'password'");
            }
            else if (url is null || url.Scheme is not ("mqtt" or "mqtts" or "ws" or "wss") || url.Host.Length == 0)
            {
                text.Problem($"'{text.Text}' is no broker address; write mqtt://host:1883 or mqtts://host:8883");
            }
            else
            {
                urls.Add(url);
            }
        }

        var broker = new BrokerConfig(
            urls, map.String("user"), map.Secret("password"), FileOf(map, "ca"), FileOf(map, "certificate"), FileOf(map, "key"), ReadVersion(map));
        if (broker.Key is not null && broker.Certificate is null)
        {
            map.Problem("key", "a key needs the 'certificate' that it belongs to");
        }

        if ((broker.Key ?? broker.Certificate) is { } key && Secret.IsReadableByAll(key))
        {
            map.Problem($"the key {key} is readable by everybody; run: chmod o-r {key}");
        }

        if (broker.Password is not null && broker.User is null)
        {
            map.Problem("password", "a password needs a 'user' (MQTT 3.1.1 section 3.1.2.9)");
        }

        map.RejectUnknownKeys();
        return broker;
    }

    /// <summary>A file beside the configuration; relative paths count from there.</summary>
    private string? FileOf(YamlMap map, string key)
    {
        if (map.String(key) is not { } path)
        {
            return null;
        }

        var full = Path.GetFullPath(path, folder);
        if (!File.Exists(full))
        {
            map.Problem(key, $"the file {full} does not exist");
        }

        return full;
    }

    private static MqttVersion ReadVersion(YamlMap map)
    {
        switch (map.Scalar("version"))
        {
            case null or { Text: "5" }:
                return MqttVersion.V5;
            case { Text: "3.1.1" }:
                return MqttVersion.V311;
            case { } other:
                other.Problem($"'broker.version' is '{other.Text}'; write 5 or 3.1.1");
                return MqttVersion.V5;
        }
    }
}
