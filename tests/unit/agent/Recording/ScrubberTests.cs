using EdgeDcim.Agent.Recording;

namespace EdgeDcim.Agent.Tests.Recording;

public sealed class ScrubberTests
{
    private readonly Scrubber scrubber = new(["ZA0712345678", "pdu-row-7.acme.example", "x"]);

    [Theory]
    [InlineData("serial ZA0712345678 of pdu-row-7.ACME.example", "serial scrubbed of scrubbed")]
    [InlineData("APC Web/SNMP (MB:v4.1.0 SN: 5A1234T56789, Model Number AP8959EU3)", "APC Web/SNMP (MB:v4.1.0 SN: scrubbed, Model Number AP8959EU3)")]
    [InlineData("mac 00:c0:B7-no 00-C0-B7-12-34-56", "mac 00:c0:B7-no 00:00:5E:00:53:01")]
    [InlineData("10.20.30.40 and 999.1.1.1", "192.0.2.1 and 999.1.1.1")]
    [InlineData("write to jane.doe@acme.example or https://acme.example/x?y", "write to noc@example.org or http://example.org")]
    [InlineData("Linux on rack-pdu-7.dc1.acme.example, kernel 2.6.35.rt", "Linux on host.example.org, kernel 2.6.35.rt")]
    [InlineData("23.5", "23.5")]
    [InlineData("Outlet 12", "Outlet 12")]
    [InlineData("firmware 6.8.2", "firmware 6.8.2")]
    [InlineData("x", "x")]
    public void What_tells_whose_it_is_goes_and_the_rest_stays(string text, string expected) => Assert.Equal(expected, scrubber.Text(text));

    [Fact]
    public void Six_octets_that_are_no_text_are_a_network_address()
    {
        Assert.Equal([0x00, 0x00, 0x5E, 0x00, 0x53, 0x01], Scrubber.Octets([0x00, 0xC0, 0xB7, 1, 2, 3]));
        Assert.Equal([0xFF, 0x00], Scrubber.Octets([0xFF, 0x00]));
    }
}
