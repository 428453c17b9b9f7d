namespace EdgeDcim.Agent.Drivers.Modbus;

/// <summary>The raw numbers of one poll of one device. Which place a slot has is the same for all devices of a profile.</summary>
internal sealed class RegisterValues(IReadOnlyDictionary<RegisterSlot, int> places)
{
    private readonly double[] numbers = new double[places.Count];
    private readonly bool[] read = new bool[places.Count];

    public void Set(RegisterSlot slot, double number)
    {
        var place = places[slot];
        (numbers[place], read[place]) = (number, true);
    }

    public bool Has(RegisterSlot slot) => read[places[slot]];

    /// <summary>False when the slot was not read in this poll.</summary>
    public bool TryGet(RegisterSlot slot, out double number)
    {
        var place = places[slot];
        number = numbers[place];
        return read[place];
    }

    public void Clear() => Array.Clear(read);
}
