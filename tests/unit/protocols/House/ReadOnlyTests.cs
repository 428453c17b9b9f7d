using System.Reflection;
using EdgeDcim.Protocols.Modbus;
using Xunit;

namespace EdgeDcim.Protocols.Tests.House;

/// <summary>The promise of the README: EdgeDcim can switch nothing off, because its protocol clients cannot ask for it.</summary>
public sealed class ReadOnlyTests
{
    private static readonly Assembly Protocols = typeof(ModbusClient).Assembly;

    private static readonly string[] WritingVerbs = ["Write", "Set", "Put", "Patch", "Delete", "Control", "Reset", "Switch", "Command"];

    [Fact]
    public void Modbus_knows_no_function_but_the_four_that_read() =>
        Assert.Equal([1, 2, 3, 4], Enum.GetValues<ModbusFunction>().Select(function => (int)function));

    [Theory]
    [InlineData((ModbusFunction)5)]
    [InlineData((ModbusFunction)6)]
    [InlineData((ModbusFunction)15)]
    [InlineData((ModbusFunction)16)]
    [InlineData((ModbusFunction)22)]
    [InlineData((ModbusFunction)23)]
    public async Task A_writing_function_is_refused_before_a_byte_is_sent(ModbusFunction function)
    {
        await using var client = new ModbusTcpClient(new ModbusTcpOptions { Host = "127.0.0.1", Port = 1 }, TimeProvider.System);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await client.ReadAsync(1, function, 0, 1, new byte[2], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void No_public_method_has_a_writing_verb() =>
        Assert.Empty(
            from type in Protocols.GetExportedTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            where !method.IsSpecialName && WritingVerbs.Any(verb => method.Name.StartsWith(verb, StringComparison.Ordinal))
            select $"{type.Name}.{method.Name}");

    [Fact]
    public void No_constant_names_the_tag_of_an_SNMP_SET() =>
        Assert.DoesNotContain(
            Constants().Where(constant => constant.Type.Namespace!.EndsWith(".Snmp.Ber", StringComparison.Ordinal)),
            constant => constant.Value is byte and 0xA3);

    private static IEnumerable<(Type Type, object? Value)> Constants() =>
        from type in Protocols.GetTypes()
        where type.Namespace is not null
        from field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
        where field.IsLiteral
        select (type, field.GetRawConstantValue());
}
