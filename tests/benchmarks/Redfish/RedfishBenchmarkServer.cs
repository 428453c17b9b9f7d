using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeDcim.Benchmarks.Redfish;

/// <summary>A Redfish service of a two-socket server with 40 sensors, held in memory, on keep-alive connections.</summary>
internal static class RedfishBenchmarkServer
{
    public const int Sensors = 40;

    private const string Chassis = "/redfish/v1/Chassis/1";

    public static async Task<int> RunAsync(string[] args)
    {
        var answers = Tree().ToDictionary(resource => resource.Key, resource => Answer("200 OK", resource.Value), StringComparer.Ordinal);
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(64);
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (true)
        {
            _ = ServeAsync(await listener.AcceptSocketAsync(), answers);
        }
    }

    private static async Task ServeAsync(Socket socket, Dictionary<string, byte[]> answers)
    {
        using var owned = socket;
        var missing = Answer("404 Not Found", "{}");
        var buffer = new byte[8192];
        while (await socket.ReceiveAsync(buffer) is > 0 and var length)
        {
            // One request a time on a connection, and small enough to come in one piece.
            var path = Encoding.ASCII.GetString(buffer, 0, length).Split(' ', 3)[1];
            await socket.SendAsync(answers.GetValueOrDefault(path, missing));
        }
    }

    private static byte[] Answer(string status, string json) =>
        Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    private static Dictionary<string, string> Tree()
    {
        var tree = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["/redfish/v1/"] = """{"RedfishVersion":"1.18.0","Chassis":{"@odata.id":"/redfish/v1/Chassis"}}""",
            ["/redfish/v1/Chassis"] = Members([Chassis]),
            [Chassis] = $$$"""{"Name":"Chassis","Status":{"State":"Enabled","Health":"OK"},{{{Links("Power", "Thermal", "EnvironmentMetrics", "Sensors")}}} }""",
            [$"{Chassis}/EnvironmentMetrics"] = """{"PowerWatts":{"Reading":412.5,"ApparentVA":430,"PowerFactor":0.96},"EnergykWh":{"Reading":1234.5}}""",
            [$"{Chassis}/Power"] = $$"""{"PowerControl":[{"PowerConsumedWatts":412,"PowerMetrics":{"MinConsumedWatts":180,"MaxConsumedWatts":502,"AverageConsumedWatts":390} }],"PowerSupplies":[{{string.Join(',', Enumerable.Range(0, 2).Select(i => $$$"""{"MemberId":"{{{i}}}","LineInputVoltage":230,"LastPowerOutputWatts":205,"PowerCapacityWatts":1600,"Status":{"State":"Enabled","Health":"OK"} }"""))}}]}""",
            [$"{Chassis}/Thermal"] = $$"""{"Temperatures":[{{string.Join(',', Enumerable.Range(0, 30).Select(i => $$$"""{"Name":"T{{{i}}}","ReadingCelsius":{{{30 + i}}},"PhysicalContext":"{{{(i % 3 == 0 ? "CPU" : "SystemBoard")}}}","Status":{"State":"Enabled","Health":"OK"} }"""))}}],"Fans":[{{string.Join(',', Enumerable.Range(0, 8).Select(i => $$"""{"Name":"Fan {{i}}","Reading":{{6000 + i}},"ReadingUnits":"RPM"}"""))}}]}""",
            [$"{Chassis}/Sensors"] = Members(Enumerable.Range(0, Sensors).Select(i => $"{Chassis}/Sensors/{i}")),
        };
        for (var i = 0; i < Sensors; i++)
        {
            tree[$"{Chassis}/Sensors/{i}"] = $$$"""{"Name":"Sensor {{{i}}}","ReadingType":"Temperature","ReadingUnits":"Cel","PhysicalContext":"CPU","Reading":{{{40 + i}}}.5,"Status":{"State":"Enabled","Health":"OK"},"Thresholds":{"UpperCritical":{"Reading":95} } }""";
        }

        return tree;
    }

    private static string Members(IEnumerable<string> paths) => $$"""{"Members":[{{string.Join(',', paths.Select(path => $$"""{"@odata.id":"{{path}}"}"""))}}]}""";

    private static string Links(params string[] names) => string.Join(',', names.Select(name => $$"""
        "{{name}}":{"@odata.id":"{{Chassis}}/{{name}}"}
        """));
}
