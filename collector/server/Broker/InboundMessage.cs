namespace EdgeDcim.Collector.Broker;

/// <summary>One MQTT message as it came in, before anybody looked inside. The payload is not touched by the broker any more.</summary>
/// <param name="Client">The MQTT client id of the sender where the broker tells it (the embedded one does), else an empty string.</param>
internal readonly record struct InboundMessage(string Topic, ReadOnlyMemory<byte> Payload, string Client);
