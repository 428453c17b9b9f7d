using System.Net;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using EdgeDcim.Protocols.Ipmi;
using EdgeDcim.Protocols.Ipmi.Session;
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

    /// <summary>Network functions and numbers of IPMI 2.0 appendix G that read, and the five that open, raise and end the session itself.</summary>
    [Fact]
    public void IPMI_knows_no_command_but_those_that_read_and_those_of_its_own_session() =>
        Assert.Equal(
            [
                0x0001, // Get Chassis Status; 0x0002 would be Chassis Control
                0x0420, 0x0421, 0x0422, 0x0423, 0x042D, // device SDRs, sensor factors and readings; 0x0426 would set thresholds
                0x0601, 0x0638, 0x0639, 0x063A, 0x063B, 0x063C, 0x0654, // device id, channel, session, cipher suites
                0x0A10, 0x0A11, 0x0A20, 0x0A22, 0x0A23, 0x0A40, 0x0A43, // inventory, SDRs, event log; 0x0A12 would write the inventory, 0x0A47 clear the log
                0x2C02, 0x2C10, // DCMI power and temperatures; 0x2C04 would limit the power
            ],
            Enum.GetValues<IpmiCommand>().Select(command => (int)command));

    [Theory]
    [InlineData(0x0002)]
    [InlineData(0x0008)]
    [InlineData(0x0426)]
    [InlineData(0x0602)]
    [InlineData(0x0A12)]
    [InlineData(0x0A47)]
    [InlineData(0x2C04)]
    public async Task An_IPMI_command_that_switches_is_refused_before_a_byte_is_sent(int command)
    {
        await using var transport = new IpmiTransport(TimeProvider.System);
        var endPoint = new IPEndPoint(IPAddress.Loopback, 623);
        using var conversation = new IpmiConversation(transport, new IpmiTarget(endPoint, "edge", ""), endPoint.Serialize());

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await conversation.AskAsync(new IpmiRequest((IpmiCommand)command, default), 0, TestContext.Current.CancellationToken));
        Assert.Equal(0, transport.Sent);
    }

    [Theory]
    [InlineData(IpmiCommand.DeviceId)]
    [InlineData(IpmiCommand.ChassisStatus)]
    [InlineData(IpmiCommand.SessionClose)]
    [InlineData((IpmiCommand)0x0634)]
    public async Task Nothing_but_sensors_is_asked_of_a_controller_behind_another(object command)
    {
        await using var transport = new IpmiTransport(TimeProvider.System);
        var endPoint = new IPEndPoint(IPAddress.Loopback, 623);
        using var conversation = new IpmiConversation(transport, new IpmiTarget(endPoint, "edge", ""), endPoint.Serialize());

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await conversation.AskAsync(new IpmiRequest((IpmiCommand)command, default) { Owner = 0x2C }, 0, TestContext.Current.CancellationToken));
        Assert.Equal(0, transport.Sent);
    }

    [Fact]
    public void An_IPMI_session_asks_for_no_more_than_a_users_privilege() =>
        Assert.Equal(IpmiPrivilege.User, new IpmiTarget(new IPEndPoint(IPAddress.Loopback, 623), "edge", "").Privilege);

    [Fact]
    public void The_protocols_know_no_HTTP_method_that_changes_a_device()
    {
        using var file = new PEReader(File.OpenRead(Protocols.Location));
        var metadata = file.GetMetadataReader();
        var used = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(HttpMethod))
            .Select(member => metadata.GetString(member.Name)).Where(name => name is not ("op_Equality" or "op_Inequality" or "get_Method")).Order();

        // POST logs in and DELETE logs out: RedfishSessionTests. Another method could only come by name, through the constructor.
        Assert.Equal(["get_Delete", "get_Get", "get_Post"], used);
    }

    private static IEnumerable<(Type Type, object? Value)> Constants() =>
        from type in Protocols.GetTypes()
        where type.Namespace is not null
        from field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
        where field.IsLiteral
        select (type, field.GetRawConstantValue());
}
