using System.Text;
using EdgeDcim.Collector.Kpi;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeDcim.Collector.Broker;

/// <summary>Where a KPI stands on the broker for those who speak neither Sparkplug nor HTTP: plain JSON, retained, the shortest topic for what most ask for.</summary>
internal static class KpiTopic
{
    public static MqttApplicationMessage Message(string site, KpiValue kpi, string json) =>
        BrokerLink.Message(Of(site, kpi), Encoding.UTF8.GetBytes(json), MqttQualityOfServiceLevel.AtMostOnce, retain: true);

    public static string Of(string site, KpiValue kpi) => (kpi.Scope, kpi.Window) switch
    {
        ("site", "now") => $"edgedcim/{site}/kpi/{kpi.Name}",
        ("site", var window) => $"edgedcim/{site}/kpi/{kpi.Name}/{window}",
        var (scope, window) => $"edgedcim/{site}/kpi/{kpi.Name}/{window}/{scope}",
    };
}
