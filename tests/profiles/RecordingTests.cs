using EdgeDcim.Agent.Commissioning;

namespace EdgeDcim.Profiles.Tests;

/// <summary>Every sensor that a real device had when it was recorded is read with the right value and unit, or its absence has a reason.</summary>
public sealed class RecordingTests(RecordedDevices devices, ITestOutputHelper output)
{
    /// <summary>Recording and the profile that identification must choose.</summary>
    public static TheoryData<string, string> Expected { get; } = new()
    {
        { "akcp_serverprobe8", "akcp-sensorprobe" },
        { "apc-inrow", "apc-inrow-rc" },
        { "apc-netbotz_netbotz750", "apc-netbotz-750" },
        { "apc_airfm", "apc-networkair-fm" },
        { "apc_ap7900b", "apc-rpdu2" },
        { "apc_ap8959eu3", "apc-rpdu2" },
        { "apc_ats", "apc-ats" },
        { "apc_isx-pdu", "apc-infrastruxure-pdu" },
        { "apc_smart1500", "apc-smart-ups" },
        { "avtech_roomalert12e", "avtech-room-alert-12e" },
        { "cyberpower_pr2200rt2uc", "cyberpower-ups" },
        { "deltaups", "delta-ups" },
        { "eaton-mgeups_9px", "eaton-mge" },
        { "eatonpdu_2", "eaton-epdu" },
        { "eatonups", "eaton-xups" },
        { "fullwalk_apc-8932", "apc-rpdu2" },
        { "generex-ups_cs141", "generex-cs141" },
        { "gude-epc_1202", "gude-epc-1202" },
        { "hpe-mapdu_pdu2", "hpe-mapdu" },
        { "huaweiups_ups2000", "huawei-ups2000" },
        { "janitza_generic", "janitza-umg-snmp" },
        { "liebert-pex", "liebert-pex" },
        { "liebert_apm", "liebert-gp" },
        { "liebert_mph2rg", "vertiv-mph2" },
        { "netmanplus_204", "riello-netman" },
        { "netvision-rfc", "rfc1628" },
        { "panduit", "panduit-g5" },
        { "pcoweb-rittalchiller", "rittal-it-chiller" },
        { "poweralert_ups", "tripplite-poweralert" },
        { "raritan-pdu_px2", "raritan-px" },
        { "raritan-pdu_px3", "raritan-px" },
        { "rittal-lcp_cmciii-pu-lcp", "rittal-lcp-cw" },
        { "schleifenbauer", "schleifenbauer-databus" },
        { "sentry3_switched", "servertech-sentry3" },
        { "sentry4", "servertech-sentry4" },
        { "stulz_wib8000", "stulz-wib8000" },
        { "vertiv-pdu_mg02e4w1", "vertiv-geist-imd" },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Read_recordedDevice_givesEveryExpectedSensorRightOrSaysWhyNot(string recording, string profileName)
    {
        var (profile, samples) = await devices.ReadAsync(recording, TestContext.Current.CancellationToken);
        var coverage = Coverage.Of(recording, profile.Name, samples);

        output.WriteLine($"{recording}: {profile.Name} reads {coverage.Read} of {coverage.Expected} expected sensors, {coverage.Values} values in all");
        coverage.LeftOut.ToList().ForEach(each => output.WriteLine($"  left out: {each.Sensor}: {each.Reason}"));
        Assert.Equal(profileName, profile.Name);
        Assert.Empty(coverage.Wrong);
        Assert.Empty(coverage.Absent);
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Judge_recordedDevice_findsNothingWrongWithAGoodDevice(string recording, string profileName)
    {
        var (_, samples) = await devices.ReadAsync(recording, TestContext.Current.CancellationToken);
        var values = new Snapshot();
        samples.ToList().ForEach(values.Take);

        var verdicts = SanityChecks.Judge(values);

        output.WriteLine($"{recording} ({profileName}): {string.Join(", ", verdicts.GroupBy(verdict => verdict.Check).Select(group => $"{group.Key} {group.Count()}"))}");
        Assert.DoesNotContain(verdicts, verdict => !verdict.Passed);
    }

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Read_recordedDevice_givesNoSeriesTwiceAndNothingImplausible(string recording, string profileName)
    {
        var (_, samples) = await devices.ReadAsync(recording, TestContext.Current.CancellationToken);

        Assert.NotEmpty(profileName);
        Assert.Empty(samples.GroupBy(sample => (sample.Instance.Point.Metric.Name, sample.Instance.Part)).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(samples.Where(sample => sample.Quality == Core.Telemetry.Quality.Suspect).Select(sample => $"{sample.Instance} = {sample.Value}"));
    }
}
