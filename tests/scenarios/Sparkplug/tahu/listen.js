// A primary host that only listens: says it is online, decodes every message of the group with Eclipse Tahu, prints one JSON object a line.
// node listen.js PORT GROUP HOST
'use strict';
const mqtt = require('mqtt');
const tahu = require('sparkplug-payload').get('spBv1.0');

const [port, group, host] = process.argv.slice(2);
const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { clientId: 'tahu-listener', protocolVersion: 5 });

// 64-bit numbers come as objects of the library "long".
const plain = (key, value) => {
  if (value && typeof value === 'object' && typeof value.toNumber === 'function') return value.toNumber();
  return typeof value === 'bigint' ? Number(value) : value;
};
// Objects of "long" have toJSON in some versions, so numbers are taken out before JSON sees them.
const flatten = (value) => {
  if (value && typeof value === 'object') {
    if (typeof value.toNumber === 'function') return value.toNumber();
    if (Array.isArray(value)) return value.map(flatten);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, flatten(inner)]));
  }
  return value;
};
const print = (line) => process.stdout.write(`${JSON.stringify(line, plain)}\n`);

client.on('connect', () => client.subscribe(`spBv1.0/${group}/#`, { qos: 1 }, () =>
  client.publish(`spBv1.0/STATE/${host}`, JSON.stringify({ online: true, timestamp: Date.now() }), { qos: 1, retain: true }, () => print({ ready: true }))));
client.on('message', (topic, bytes) => {
  try {
    print({ topic, payload: flatten(tahu.decodePayload(bytes)) });
  } catch (error) {
    print({ topic, error: String(error) });
  }
});
