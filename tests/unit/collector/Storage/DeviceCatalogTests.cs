using EdgeDcim.Collector.Facility;
using EdgeDcim.Collector.Storage;
using EdgeDcim.Core.Durability;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace EdgeDcim.Collector.Tests.Storage;

/// <summary>What is remembered of devices beyond their births.</summary>
public sealed class DeviceCatalogTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("edgedcim-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_birth_that_does_not_say_the_kind_does_not_move_the_device_to_another_measurement()
    {
        using var journal = Journal.Open(Path.Combine(folder, "journal.db"), JournalBounds.Default, new FakeTimeProvider());
        var catalog = new DeviceCatalog(journal);
        catalog.Born(Birth("ups"));
        catalog.Born(Birth(null));
        Assert.Equal("ups", catalog.KindOf("ups-a"));
        catalog.Born(Birth("pdu"));
        Assert.Equal("pdu", catalog.KindOf("ups-a"));
    }

    private static DeviceInfo Birth(string? kind) => new("g", "ups-a", kind, null, null, null, null, null, [], new Dictionary<string, string>());
}
