using System.Device.Gpio;

namespace EdgeDcim.Protocols.Tests.LocalSensors;

/// <summary>Pins whose levels a test lays out, one for each look; the last one stays.</summary>
internal sealed class GpioModel : GpioDriver
{
    private readonly Dictionary<int, Queue<PinValue>> levels = [];
    private readonly Dictionary<int, PinMode> modes = [];

    public IReadOnlyDictionary<int, PinMode> Modes => modes;

    public void Lay(int pin, params PinValue[] values) => levels[pin] = new Queue<PinValue>(values);

    protected override int PinCount => 64;

    protected override void OpenPin(int pinNumber)
    {
        if (!levels.ContainsKey(pinNumber))
        {
            throw new IOException($"no line {pinNumber}");
        }
    }

    protected override void ClosePin(int pinNumber)
    {
    }

    protected override void SetPinMode(int pinNumber, PinMode mode) => modes[pinNumber] = mode;

    protected override PinMode GetPinMode(int pinNumber) => modes.GetValueOrDefault(pinNumber, PinMode.Input);

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinValue Read(int pinNumber) => levels[pinNumber].Count > 1 ? levels[pinNumber].Dequeue() : levels[pinNumber].Peek();

    protected override void Write(int pinNumber, PinValue value) => throw new NotSupportedException("a contact is never written");

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) => throw new NotSupportedException();

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => throw new NotSupportedException();
}
