using EdgeDcim.Agent.Cli;
using EdgeDcim.Agent.Publishing;
using EdgeDcim.Core.Sparkplug;
using EdgeDcim.Core.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Agent.Tests.Cli;

public sealed class TailDecoderTests
{
    private const long AtMs = 1_767_225_600_000;

    private readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds(AtMs));
    private readonly PayloadWriter writer = new();
    private readonly TailDecoder decoder;

    public TailDecoderTests() => decoder = new TailDecoder(time);

    [Fact]
    public void A_value_by_alias_gets_name_and_unit_of_its_birth()
    {
        Birth();

        Assert.Equal(["2026-01-01T00:00:00.000Z  gw/ups-a/power.active/L1  1500.5 W  good"], Data(7, 1500.5, Quality.Good));
        Assert.Equal(["2026-01-01T00:00:00.000Z  gw/ups-a/power.active/L1  - W  missing"], Data(7, double.NaN, Quality.Missing));
        Assert.Equal(["2026-01-01T00:00:00.000Z  gw/ups-a/power.active/L1  9 W  suspect"], Data(7, 9, Quality.Suspect));
        Assert.Empty(decoder.TakeUnknown());
    }

    [Fact]
    public void A_state_is_shown_by_its_word()
    {
        Birth();

        Assert.Equal(["2026-01-01T00:00:00.000Z  gw/ups-a/device.state  online  good"], Data(8, 1, Quality.Good));
    }

    [Fact]
    public void An_unknown_alias_asks_its_node_for_births_once_in_ten_seconds()
    {
        Assert.Equal(["2026-01-01T00:00:00.000Z  gw/ups-a/alias 7  1  good"], Data(7, 1, Quality.Good));
        Assert.Equal("spBv1.0/site/NCMD/gw", Assert.Single(decoder.TakeUnknown()).Format());

        Data(7, 2, Quality.Good);
        Assert.Empty(decoder.TakeUnknown());
        time.Advance(TimeSpan.FromSeconds(10));
        Data(7, 3, Quality.Good);
        Assert.Single(decoder.TakeUnknown());
    }

    [Fact]
    public void Deaths_host_states_and_garbage_are_one_line_each()
    {
        Assert.Equal(["2026-01-01T00:00:00.000Z  gw  node offline"], decoder.Decode(new InboundMessage(new SparkplugTopic("site", MessageType.NodeDeath, "gw"), [])));
        Assert.Equal(["2026-01-01T00:00:00.000Z  gw/ups-a  device offline"], decoder.Decode(new InboundMessage(new SparkplugTopic("site", MessageType.DeviceDeath, "gw", "ups-a"), [])));
        Assert.Equal(["2026-01-01T00:00:00.000Z  edgedcim  host online"], decoder.Decode(new InboundMessage(SparkplugTopic.State("edgedcim"), new HostState(true, AtMs).ToJson())));
        var line = Assert.Single(decoder.Decode(new InboundMessage(new SparkplugTopic("site", MessageType.NodeData, "gw"), [255, 255])));
        Assert.Contains("cannot be read", line, StringComparison.Ordinal);
    }

    private void Birth()
    {
        writer.Begin(AtMs);
        ReadingMetric.Finish(writer.BeginMetric("power.active/L1", 7).At(AtMs).Type(DataType.Double), double.NaN, Quality.Missing, "W");
        ReadingMetric.Finish(writer.BeginMetric("device.state", 8).At(AtMs).Type(DataType.Double), double.NaN, Quality.Missing, "1");
        Assert.Equal(2, decoder.Decode(new InboundMessage(new SparkplugTopic("site", MessageType.DeviceBirth, "gw", "ups-a"), writer.End(1).ToArray())).Count);
    }

    private IReadOnlyList<string> Data(ulong alias, double value, Quality quality)
    {
        writer.Begin(AtMs);
        ReadingMetric.Finish(writer.BeginMetric(alias).At(AtMs).Type(DataType.Double), value, quality);
        return decoder.Decode(new InboundMessage(new SparkplugTopic("site", MessageType.DeviceData, "gw", "ups-a"), writer.End(2).ToArray()));
    }
}
