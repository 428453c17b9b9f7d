/**
 * Serves the built page and an imitation of the collector's API, for development and for browser tests.
 *
 *   node tests/dashboard/stub.mjs [--port 0] [--scenario normal]
 *   curl -X POST 'http://127.0.0.1:PORT/stub?scenario=stale-device&load=1.2'
 *
 * Scenarios: normal, stale-device, offline-device, pue-null, agent-offline, alarm, flood, no-data (what the API says);
 * silent (connected, says nothing), drop (connections cut, requests fail), forbidden, error (how it answers).
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { historyOf, stateAt } from './hall.mjs';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };

/** The policy that the collector sends with the page. */
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function startStub({ port = 0, scenario = 'normal', dist = fileURLToPath(new URL('../../collector/dashboard/dist', import.meta.url)), beatMs = 1_000 } = {}) {
  const control = { scenario, load: 1, many: 0, since: Date.now(), acts: new Map(), posts: [] };
  const clients = new Map();
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://stub');
    if (url.pathname === '/stub') {
      change(url.searchParams);
      response.writeHead(204).end();
    } else if (url.pathname.startsWith('/api/')) {
      api(url, request, response);
    } else {
      page(url, response, dist);
    }
  });

  function change(query) {
    const before = control.scenario;
    if (query.has('scenario')) {
      control.scenario = query.get('scenario');
      control.since = Date.now();
      control.acts.clear();
    }
    control.load = Number(query.get('load') ?? control.load);
    control.many = Number(query.get('many') ?? control.many);
    if (control.scenario === 'drop') {
      clients.forEach((_, client) => client.destroy());
      clients.clear();
    } else if (before !== control.scenario || query.has('many')) {
      clients.forEach((_, client) => send(client, 'state'));
    }
  }

  function api(url, request, response) {
    if (control.scenario === 'drop') {
      request.socket.destroy();
    } else if (control.scenario === 'forbidden' || control.scenario === 'error') {
      const status = control.scenario === 'forbidden' ? 403 : 422;
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ status, title: status === 403 ? 'Forbidden' : 'The facility file was rejected', detail: 'facility.yaml:12:3: the meter utility is named twice' }));
    } else if (url.pathname === '/api/v1/state') {
      json(response, current());
    } else if (url.pathname === '/api/v1/history') {
      const step = Number.parseInt(url.searchParams.get('step'), 10) * 1_000;
      json(response, historyOf({ kpi: url.searchParams.get('kpi'), series: url.searchParams.get('series') }, Date.parse(url.searchParams.get('from')), Date.parse(url.searchParams.get('to')), step, control.load));
    } else if (url.pathname === '/api/v1/readings') {
      json(response, readings(url.searchParams.get('device')));
    } else if (url.pathname === '/api/v1/notify') {
      json(response, [{ name: 'noc', way: 'smtp', waiting: 0 }]);
    } else if (url.pathname === '/api/v1/notify/test') {
      json(response, { channel: 'noc', sent: true, reason: null });
    } else if (url.pathname.startsWith('/api/v1/alarms/')) {
      alarm(url, request, response);
    } else if (url.pathname === '/api/v1/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      clients.set(response, null);
      send(response, 'state');
      request.on('close', () => clients.delete(response));
    } else {
      response.writeHead(404).end();
    }
  }

  function current() {
    return stateAt(Date.now(), control);
  }

  /** One alarm with its past, and what an operator does to it. */
  function alarm(url, request, response) {
    const [id, what] = url.pathname.split('/').slice(4);
    const found = current().alarms.find((one) => one.id === id);
    const refuse = (status, detail) => {
      response.writeHead(status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ status, title: 'refused', detail }));
    };
    if (!found) {
      refuse(404, `no alarm '${id}' is known here`);
    } else if (request.method === 'GET') {
      json(response, { alarm: found, trail: [{ at: found.raised, event: 'raised', user: 'edgedcim', reason: null }] });
    } else {
      let text = '';
      request.on('data', (chunk) => { text += chunk; });
      request.on('end', () => {
        const body = JSON.parse(text);
        control.posts.push({ id, what, ...body });
        if (control.scenario === 'alarm' && body.user === 'stranger' && !request.headers.authorization) {
          refuse(401, 'acting from another machine needs the token of an operator: Authorization: Bearer TOKEN');
          return;
        }
        const at = new Date().toISOString();
        const change = what === 'acknowledge' ? { state: found.state.startsWith('active') ? 'active_acknowledged' : 'normal', acknowledged: at, acknowledgedBy: body.user }
          : what === 'shelve' ? { shelf: { user: body.user, reason: body.reason, since: at, until: new Date(Date.now() + 7_200_000).toISOString() } }
          : what === 'unshelve' ? { shelf: null } : what === 'out-of-service' ? { outOfService: { user: body.user, reason: body.reason, since: at } }
          : what === 'in-service' ? { outOfService: null } : { comment: body.reason };
        control.acts.set(id, { ...control.acts.get(id), ...change, changed: at });
        json(response, current().alarms.find((one) => one.id === id) ?? { ...found, ...change });
      });
    }
  }

  /** The vitals, and what is no vital: the device's connection. */
  function readings(id) {
    const device = current().devices.find((one) => one.id === id);
    const connection = { metric: 'device.latency', part: null, value: 41, unit: 'ms', quality: 'good', ageSeconds: device?.ageSeconds ?? null };
    return { device: id, readings: [...(device?.vitals ?? []), connection] };
  }

  function send(client, event) {
    if (control.scenario === 'silent') {
      return;
    }
    const whole = current();
    const before = clients.get(client);
    clients.set(client, new Map(whole.devices.map((device) => [device.id, device])));
    const body = event === 'state' || !before ? whole
      : { at: whole.at, summary: whole.summary, kpi: whole.kpi, flow: whole.flow, devices: whole.devices.filter((device) => changed(device, before.get(device.id))), alarms: whole.alarms, alarmsGone: [] };
    client.write(`event: ${event === 'state' || !before ? 'state' : 'delta'}\ndata: ${JSON.stringify(body)}\n\n`);
  }

  const beat = setInterval(() => clients.forEach((_, client) => send(client, 'delta')), beatMs);
  await new Promise((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    set: (query) => change(new URLSearchParams(query)),
    posts: control.posts,
    async stop() {
      clearInterval(beat);
      clients.forEach((_, client) => client.destroy());
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ages alone are no change: the page carries them on by itself. */
function changed(device, before) {
  const still = ({ ageSeconds, vitals, ...rest }) => JSON.stringify([rest, vitals.map(({ ageSeconds: _, ...vital }) => vital)]);
  return !before || still(device) !== still(before);
}

function json(response, body) {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function page(url, response, dist) {
  const path = normalize(join(dist, url.pathname === '/' ? 'index.html' : decodeURIComponent(url.pathname)));
  if (!path.startsWith(dist) || !existsSync(path) || !statSync(path).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream', 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
  createReadStream(path).pipe(response);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : process.argv[at + 1];
  };
  const stub = await startStub({ port: Number(option('port', '8080')), scenario: option('scenario', 'normal') });
  process.stdout.write(`${stub.url}\n`);
}
