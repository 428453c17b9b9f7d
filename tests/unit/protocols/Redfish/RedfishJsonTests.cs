using System.Text;
using System.Text.Json;
using EdgeDcim.Protocols.Redfish;

namespace EdgeDcim.Protocols.Tests.Redfish;

/// <summary>Numbers as services write them, and octets of any kind.</summary>
public sealed class RedfishJsonTests
{
    [Theory]
    [InlineData("42", 42)]
    [InlineData("-1.5e3", -1500)]
    [InlineData("\"23.5\"", 23.5)]
    [InlineData("\" 7 \"", 7)]
    [InlineData("null", double.NaN)]
    [InlineData("\"N/A\"", double.NaN)]
    [InlineData("\"\"", double.NaN)]
    [InlineData("\"1,234\"", double.NaN)]
    [InlineData("\"NaN\"", double.NaN)]
    [InlineData("\"Infinity\"", double.NaN)]
    [InlineData("1e999", double.NaN)]
    [InlineData("true", double.NaN)]
    [InlineData("{}", double.NaN)]
    [InlineData("[1]", double.NaN)]
    [InlineData("\"\\ud800\"", double.NaN)]
    public void A_number_is_taken_as_it_is_meant_and_nothing_else_is_one(string json, double expected) =>
        Assert.Equal(expected, RedfishJson.Number(JsonElement.Parse(json)));

    [Fact]
    public void A_name_that_is_no_Unicode_is_broken_JSON_and_not_an_exception_later()
    {
        Assert.False(RedfishJson.TryParse("""{"Reading":1,"\ud800Reading":2}"""u8, out _, out var problem));
        Assert.Contains("no Unicode", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Octets_of_any_kind_give_an_object_or_a_reason()
    {
        var random = new Random(20_26);
        var seed = Encoding.UTF8.GetBytes("""{"@odata.id":"/redfish/v1/x","Members":[{"@odata.id":"/a"}],"Reading":1.5e2,"Status":{"State":"Enabled"},"s":"\u00e9"}""");
        for (var round = 0; round < 20_000; round++)
        {
            var octets = seed.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            var body = octets.AsSpan(0, random.Next(octets.Length + 1));
            Assert.True(RedfishJson.TryParse(body, out var json, out var problem) ? json.ValueKind == JsonValueKind.Object : problem.Length > 0);
        }
    }
}
