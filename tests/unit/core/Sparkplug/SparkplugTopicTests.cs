using CsCheck;
using EdgeDcim.Core.Sparkplug;
using Xunit;

namespace EdgeDcim.Core.Tests.Sparkplug;

public sealed class SparkplugTopicTests
{
    [Theory]
    [InlineData("spBv1.0/ams-1/NBIRTH/row-a", "ams-1", MessageType.NodeBirth, "row-a", null)]
    [InlineData("spBv1.0/ams-1/NDEATH/row-a", "ams-1", MessageType.NodeDeath, "row-a", null)]
    [InlineData("spBv1.0/ams-1/NDATA/row-a", "ams-1", MessageType.NodeData, "row-a", null)]
    [InlineData("spBv1.0/ams-1/NCMD/row-a", "ams-1", MessageType.NodeCommand, "row-a", null)]
    [InlineData("spBv1.0/ams-1/DBIRTH/row-a/pdu-a1", "ams-1", MessageType.DeviceBirth, "row-a", "pdu-a1")]
    [InlineData("spBv1.0/ams-1/DDEATH/row-a/pdu-a1", "ams-1", MessageType.DeviceDeath, "row-a", "pdu-a1")]
    [InlineData("spBv1.0/ams-1/DDATA/row-a/pdu-a1", "ams-1", MessageType.DeviceData, "row-a", "pdu-a1")]
    [InlineData("spBv1.0/ams-1/DCMD/row-a/pdu-a1", "ams-1", MessageType.DeviceCommand, "row-a", "pdu-a1")]
    [InlineData("spBv1.0/STATE/edgedcim", "", MessageType.State, "edgedcim", null)]
    public void A_legal_topic_parses_and_formats_back(string text, string group, MessageType type, string node, string? device)
    {
        var topic = SparkplugTopic.Parse(text);

        Assert.Equal(new SparkplugTopic(group, type, node, device), topic);
        Assert.Equal(text, topic.Format());
    }

    [Theory]
    [InlineData("")]
    [InlineData("spBv1.0")]
    [InlineData("spBv1.0/ams-1/NBIRTH")]
    [InlineData("spBv1.0/ams-1/NBIRTH/row-a/pdu")] // a node message has no device
    [InlineData("spBv1.0/ams-1/DDATA/row-a")] // a device message needs one
    [InlineData("spBv1.0/ams-1/DDATA/row-a/")]
    [InlineData("spBv1.0/ams-1/DDATA/row-a/pdu/extra")]
    [InlineData("spBv1.0//NDATA/row-a")]
    [InlineData("spBv1.0/ams-1/ndata/row-a")] // ids and types are case-sensitive
    [InlineData("spAv1.0/ams-1/NDATA/row-a")]
    [InlineData("spBv1.0/ams-1/NDATA/row+a")]
    [InlineData("spBv1.0/ams-1/STATE/row-a")]
    [InlineData("spBv1.0/STATE/")]
    [InlineData("spBv1.0/ams-1/NDATA/row\u0000a")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(SparkplugTopic.TryParse(text, out _));
        Assert.Throws<SparkplugException>(() => SparkplugTopic.Parse(text));
    }

    [Fact]
    public void Any_text_is_a_topic_or_not_and_never_another_exception() =>
        Gen.String.Sample(text =>
        {
            if (SparkplugTopic.TryParse("spBv1.0/" + text, out var topic))
            {
                Assert.Equal("spBv1.0/" + text, topic.Format());
            }
        });

    [Theory]
    [InlineData("a/b", "node", null, MessageType.NodeData)]
    [InlineData("site", "", null, MessageType.NodeData)]
    [InlineData("site", "no#de", null, MessageType.NodeData)]
    [InlineData("site", "node", "de+v", MessageType.DeviceData)]
    [InlineData("site", "node", null, MessageType.DeviceData)]
    [InlineData("site", "node", "device", MessageType.NodeData)]
    public void Format_refuses_what_no_broker_should_see(string group, string node, string? device, MessageType type) =>
        Assert.Throws<SparkplugException>(() => new SparkplugTopic(group, type, node, device).Format());
}
