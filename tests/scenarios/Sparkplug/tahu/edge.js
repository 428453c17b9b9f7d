// An edge node written with Eclipse Tahu's client: births, then data every 300 ms, and births again whenever the host asks.
// node edge.js PORT GROUP NODE DEVICE
'use strict';
const sparkplug = require('sparkplug-client');

const [port, group, node, device] = process.argv.slice(2);
const unit = (code) => ({ engUnit: { type: 'String', value: code } });
let tick = 0;

const metrics = () => [
  { name: 'power.active', type: 'Double', value: 1000 + tick, properties: unit('W') },
  { name: 'voltage.line_neutral/L1', type: 'Float', value: 230.5, properties: unit('V') },
  { name: 'energy.active.import', type: 'Int64', value: 5000 + tick, properties: unit('kW.h') },
  { name: 'temperature.ambient', type: 'Int32', value: -7, properties: unit('Cel') },
];

const client = sparkplug.newClient({
  serverUrl: `mqtt://127.0.0.1:${port}`, username: '', password: '', groupId: group, edgeNode: node, clientId: `tahu-${node}`, version: 'spBv1.0',
});
const birth = () => {
  client.publishNodeBirth({ timestamp: Date.now(), metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: false }] });
  client.publishDeviceBirth(device, { timestamp: Date.now(), metrics: metrics() });
};
client.on('birth', () => {
  birth();
  setInterval(() => {
    tick++;
    const now = Date.now();
    client.publishDeviceData(device, { timestamp: now, metrics: metrics().map((metric) => ({ ...metric, timestamp: now })) });
    process.stdout.write(`${JSON.stringify({ tick, now })}\n`);
  }, 300);
});
client.on('ncmd', (payload) => {
  if (payload.metrics.some((metric) => metric.name === 'Node Control/Rebirth' && metric.value)) {
    process.stdout.write('{"rebirth":true}\n');
    birth();
  }
});
