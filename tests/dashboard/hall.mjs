/**
 * A small data hall for the page's tests: every value is a closed function of time, so that history and present agree.
 * It imitates the shape of the collector's answers, not the physics of a hall; that is the simulator's work.
 */

const HOUR = 3_600_000;

/** Smooth, repeatable noise between about -1 and 1. */
function noise(t, seed) {
  const s = t / 1_000;
  return 0.62 * Math.sin(s / 611 + seed * 1.7) + 0.26 * Math.sin(s / 173 + seed * 2.9) + 0.08 * Math.sin(s / 41 + seed * 4.1) + 0.04 * Math.sin(s / 7.3 + seed * 5.1);
}

const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

/** Powers of the hall in W at an instant. */
export function powersAt(t, load = 1) {
  const rack = (seed, base) => load * base * (1 + 0.05 * noise(t, seed) + 0.02 * Math.sin(t / (0.7 * HOUR)));
  const p = {
    'pdu-a1': rack(1, 61_000), 'pdu-a2': rack(2, 54_500), 'pdu-a3': rack(3, 38_200),
    'pdu-b1': rack(4, 58_700), 'pdu-b2': rack(5, 52_900), 'pdu-b3': rack(6, 40_100),
    'm-tank-it': rack(7, 92_000),
  };
  const a = p['pdu-a1'] + p['pdu-a2'] + p['pdu-a3'] + p['m-tank-it'];
  const b = p['pdu-b1'] + p['pdu-b2'] + p['pdu-b3'];
  const it = a + b;
  p['ups-a:loss'] = 2_100 + 0.036 * a;
  p['ups-b:loss'] = 700 + 0.009 * b;
  p['ups-a'] = a + p['ups-a:loss'];
  p['ups-b'] = b + p['ups-b:loss'];
  p.chiller = 0.142 * it * (1 + 0.04 * noise(t / 2, 9));
  p['m-cdu'] = 7_400 + 0.006 * it;
  p['m-tank'] = 3_100 + 300 * noise(t, 11);
  p.lights = 5_200 + 350 * noise(t / 4, 12);
  p.utility = p['ups-a'] + p['ups-b'] + p.chiller + p['m-cdu'] + p['m-tank'] + p.lights;
  return p;
}

export function sumsAt(t, load) {
  const p = powersAt(t, load);
  const itW = ['pdu-a1', 'pdu-a2', 'pdu-a3', 'pdu-b1', 'pdu-b2', 'pdu-b3', 'm-tank-it'].reduce((sum, id) => sum + p[id], 0);
  return { totalW: p.utility, itW, coolingW: p.chiller + p['m-cdu'] + p['m-tank'], powerChainW: p['ups-a:loss'] + p['ups-b:loss'], lightingOtherW: p.lights };
}

export function kpiAt(name, t, load) {
  const sums = sumsAt(t, load);
  switch (name) {
    case 'pue': return sums.totalW / sums.itW;
    case 'wue': return 0.842 + 0.03 * noise(t / 6, 21);
    case 'it_power': return sums.itW;
    case 'total_power': return sums.totalW;
    case 'cooling_power': return sums.coolingW;
    case 'ppue_cooling': return (sums.itW + sums.coolingW) / sums.itW;
    case 'ppue_ups': return (sums.itW + sums.powerChainW) / sums.itW;
    default: return null;
  }
}

/** The vitals of a device, by series, at an instant. */
function vitalsAt(id, t, load) {
  const p = powersAt(t, load);
  const n = (seed) => noise(t, seed);
  const it = sumsAt(t, load).itW;
  switch (id) {
    case 'main': return [['power.active', null, p.utility, 'W'], ['power.factor', null, 0.97 + 0.01 * n(31), '1'], ['frequency', null, 50 + 0.02 * n(32), 'Hz'], ['voltage.line_neutral', 'L1', 231 + n(33), 'V']];
    case 'ups-a': return [['ups.mode', null, 1, '1', 'online'], ['power.active.output', null, p['ups-a'] - p['ups-a:loss'], 'W'], ['power.active.input', null, p['ups-a'], 'W'], ['load', null, (p['ups-a'] - p['ups-a:loss']) / 4_000, '%'], ['battery.charge', null, 100, '%'], ['battery.runtime', null, 1_140 + 60 * n(34), 's']];
    case 'ups-b': return [['ups.mode', null, 2, '1', 'eco'], ['power.active.output', null, p['ups-b'] - p['ups-b:loss'], 'W'], ['power.active.input', null, p['ups-b'], 'W'], ['load', null, (p['ups-b'] - p['ups-b:loss']) / 4_000, '%'], ['battery.charge', null, 100, '%'], ['battery.runtime', null, 1_860 + 60 * n(35), 's']];
    case 'cdu-1': case 'cdu-2': {
      const s = id === 'cdu-1' ? 41 : 45;
      const heat = it * (id === 'cdu-1' ? 0.36 : 0.33);
      const delta = 9.6 + 0.3 * n(s);
      return [['heat.removed', null, heat, 'W'], ['temperature.supply', 'secondary', 32 + 0.4 * n(s + 1), 'Cel'], ['temperature.return', 'secondary', 32 + 0.4 * n(s + 1) + delta, 'Cel'], ['flow', 'secondary', heat / (69.5 * delta), 'L/min'], ['pump.speed', '1', 62 + 3 * n(s + 2), '%'], ['leak.detected', null, 0, '1', 'dry']];
    }
    case 'tank-1': return [['temperature.fluid', 'tank', 44.6 + 0.5 * n(51), 'Cel'], ['temperature.supply', null, 36.1 + 0.4 * n(52), 'Cel'], ['level', null, 93.4, '%'], ['pump.speed', '1', 71 + 2 * n(53), '%'], ['leak.detected', null, 0, '1', 'dry']];
    case 'chiller': return [['cooling.mode', null, 3, '1', 'cooling'], ['temperature.supply', null, 18 + 0.3 * n(61), 'Cel'], ['temperature.return', null, 24.2 + 0.4 * n(62), 'Cel'], ['cooling.output', null, 64 + 4 * n(63), '%'], ['temperature.outdoor', null, 14 + 2.5 * Math.sin(t / (5 * HOUR)) + 0.2 * n(64), 'Cel']];
    case 'm-chiller': return [['power.active', null, p.chiller, 'W'], ['energy.active.import', null, 184_220 + t / HOUR % 1_000, 'kW.h']];
    case 'm-cdu': return [['power.active', null, p['m-cdu'], 'W']];
    case 'm-tank-it': return [['power.active', null, p['m-tank-it'], 'W']];
    case 'm-tank': return [['power.active', null, p['m-tank'], 'W']];
    case 'm-lights': return [['power.active', null, p.lights, 'W']];
    case 'heat-1': return [['heat.removed', null, it * 0.98, 'W'], ['flow', null, 812 + 9 * n(71), 'L/min'], ['temperature.supply', null, 18.2 + 0.3 * n(61), 'Cel'], ['temperature.return', null, 24.1 + 0.4 * n(62), 'Cel']];
    case 'water-1': return [['water.volume', null, 48_112 + (t / HOUR) % 500, 'm3'], ['flow', null, 5.6 + 0.3 * n(72), 'L/min']];
    default: return [['power.active', null, p[id] ?? 1_000, 'W'], ['current', 'L1', (p[id] ?? 1_000) / 693, 'A'], ['energy.active.import', null, 90_000 + (t / HOUR) % 1_000, 'kW.h']];
  }
}

const known = [
  ['main', 'utility', 'Janitza', 'UMG 96RM', 'janitza-umg96rm', 2],
  ['ups-a', 'ups', 'RFC 1628', 'UPS', 'rfc1628', 10],
  ['ups-b', 'ups', 'Eaton', '93PM', 'eaton-xups', 10],
  ...['pdu-a1', 'pdu-a2', 'pdu-a3'].map((id) => [id, 'pdu', 'APC', 'AP8000', 'apc-rpdu2', 10]),
  ...['pdu-b1', 'pdu-b2', 'pdu-b3'].map((id) => [id, 'pdu', 'Raritan', 'PX3', 'raritan-px', 10]),
  ['cdu-1', 'cdu', 'Supermicro', 'CDU', 'supermicro-cdu', 10],
  ['cdu-2', 'cdu', 'Supermicro', 'CDU', 'supermicro-cdu', 10],
  ['tank-1', 'immersion', 'FX5U', 'Immersion', 'fx5u-immersion', 10],
  ['m-tank-it', 'meter', 'Carlo Gavazzi', 'EM24', 'carlo-gavazzi-em24', 2],
  ['m-tank', 'meter', 'Carlo Gavazzi', 'EM24', 'carlo-gavazzi-em24', 2],
  ['m-cdu', 'meter', 'Siemens', 'PAC3200', 'siemens-pac3200', 2],
  ['chiller', 'chiller', 'Liebert', 'HPC', 'liebert-hpc', 10],
  ['m-chiller', 'meter', 'Eastron', 'SDM630', 'eastron-sdm630', 2],
  ['heat-1', 'heat_meter', 'Kamstrup', 'Multical', 'kamstrup-multical', 10],
  ['water-1', 'water_meter', 'Siemens', 'MAG 6000', 'siemens-mag6000', 10],
  ['m-lights', 'lighting', 'Schneider', 'iEM3000', 'schneider-iem3000', 10],
];

/** Site time with the offset of the zone of the tests. */
function iso(ms) {
  const offset = 120;
  return new Date(ms + offset * 60_000).toISOString().replace('Z', '+02:00');
}

const inputs = [
  ['utility', 'main/power.active', 'main'], ['ups-a', 'ups-a/power.active.output', 'ups-a'],
  ...['pdu-a1', 'pdu-a2', 'pdu-a3', 'pdu-b1', 'pdu-b2', 'pdu-b3', 'm-tank-it'].map((id) => [id, `${id}/power.active`, id]),
  ['chiller', 'm-chiller/power.active', 'm-chiller'], ['m-cdu', 'm-cdu/power.active', 'm-cdu'], ['lights', 'm-lights/power.active', 'm-lights'],
];

/** The whole state of the page at an instant, under a scenario. */
export function stateAt(t, { scenario = 'normal', load = 1, since = t, many = 0, acts = null } = {}) {
  if (scenario === 'no-data') {
    return { site: 'demo', zone: 'Europe/Amsterdam', at: iso(t), summary: summaryOf([], { online: 0, known: 0 }, 0), kpi: [], flow: null, devices: [], alarms: [] };
  }
  const quiet = scenario === 'stale-device' ? { 'pdu-b2': 'stale' } : scenario === 'offline-device' ? { 'pdu-b2': 'offline', 'cdu-2': 'degraded' } : {};
  const agentOff = scenario === 'agent-offline';
  const alarms = alarmsOf(scenario, since, acts);
  const devices = [...known, ...extra(many)].map(([id, kind, vendor, model, profile, every]) => {
    const state = agentOff ? 'stale' : quiet[id] ?? 'online';
    const silent = state === 'stale' || state === 'offline';
    const lastMs = silent ? Math.floor((since - 4_000) / (every * 1_000)) * every * 1_000 : Math.floor(t / (every * 1_000)) * every * 1_000;
    const age = (t - lastMs) / 1_000;
    const quality = silent ? 'missing' : state === 'degraded' ? 'suspect' : 'good';
    return {
      id, kind, vendor, model, profile, agent: 'gateway-1', state, quality, lastAnswer: iso(lastMs), ageSeconds: age,
      vitals: vitalsAt(id, lastMs, load).map(([metric, part, value, unit, word]) => ({
        metric, part, value: round(value, 3), unit, quality: state === 'degraded' && metric === 'flow' ? 'suspect' : silent ? 'missing' : 'good', ageSeconds: age, ...(word ? { state: word } : {}),
        ...(state === 'degraded' && metric === 'flow' ? { reason: '8900 W does not go with 230 V × 4.3 A = 989 VA' } : {}),
      })),
    };
  });
  const tick = Math.floor(t / 2_000) * 2_000;
  const agents = { online: agentOff ? 0 : 1, known: 1 };
  return {
    site: 'demo', zone: 'Europe/Amsterdam', at: iso(t),
    summary: { ...summaryOf(devices, agents, agentOff ? 0 : 128.4), alarms: countAlarms(alarms, scenario === 'flood' ? iso(since) : null), collector: scenario === 'twins' ? twins : null },
    kpi: kpisAt(tick, t, scenario, load, since),
    flow: flowAt(tick, t, scenario, load),
    devices,
    alarms,
  };
}

/** The alarms of a scenario; what the stub's operator did to them lies over it. */
function alarmsOf(scenario, since, acts) {
  const alarm = (id, device, cause, priority, text, more = {}) => ({
    id, device, part: null, cause, class: 'cooling', priority, state: 'active_unacknowledged', text, evidence: `${device}: ${text}`, confidence: null, safety: false, unknown: false,
    raised: iso(since - 95_000), changed: iso(since), cleared: null, acknowledged: null, acknowledgedBy: null, shelf: null, suppressedBy: null, outOfService: null, comment: null,
    times: 1, cascade: iso(since - 95_000), order: 1, sources: [`${cause}:${device}`], ...more,
  });
  const some = scenario === 'alarm' || scenario === 'flood' ? [
    alarm('aa0000000001', 'cdu-1', 'leak', 'critical', 'leak detected secondary', { part: 'secondary', safety: true, evidence: 'leak.detected/secondary = leak; 2.1 L/h missing over 40 min', order: 2 }),
    alarm('aa0000000002', 'ups-a', 'overload', 'medium', 'load 93 %, above 90 %', { class: 'power', evidence: 'load 93 %, limit 90 % for 15 s' }),
    alarm('aa0000000003', 'tank-1', 'over_temperature', 'medium', 'tank fluid 56.1 °C, above 55 °C', { state: 'active_acknowledged', acknowledged: iso(since - 60_000), acknowledgedBy: 'ann', unknown: true, order: 3 }),
    alarm('aa0000000004', 'chiller', 'multivariate', 'low', 'condenser flow low (multivariate)', { class: 'anomaly', confidence: 0.72, shelf: { user: 'bob', reason: 'pump is being changed', since: iso(since), until: iso(since + 7_200_000) }, order: 4 }),
    alarm('aa0000000005', 'cdu-2', 'supply_temperature', 'high', 'coolant supply 6.2 K above the set point', { suppressedBy: 'chiller: unit_fault', order: 5 }),
  ] : [];
  const flood = scenario === 'flood' ? Array.from({ length: 500 }, (_, index) => alarm(`ff${String(index).padStart(10, '0')}`, `rack-${index + 1}`, index % 4 === 0 ? 'no_answer' : 'overload', index % 3 === 0 ? 'high' : 'medium',
    index % 4 === 0 ? `rack-${index + 1} does not answer` : 'load 104 %, above 100 %', { class: 'power', cascade: iso(since - 60_000), order: index + 1 })) : [];
  return [...flood, ...some].map((one) => ({ ...one, ...acts?.get(one.id) })).filter((one) => one.state !== 'normal' || one.shelf || one.outOfService);
}

function countAlarms(alarms, floodSince) {
  const shown = alarms.filter((alarm) => alarm.state !== 'normal' && !alarm.shelf && !alarm.suppressedBy && !alarm.outOfService);
  const of = (priority) => shown.filter((alarm) => alarm.priority === priority).length;
  return {
    critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low'), unacknowledged: shown.filter((alarm) => alarm.state.endsWith('_unacknowledged')).length,
    shelved: alarms.filter((alarm) => alarm.shelf).length, suppressed: alarms.filter((alarm) => alarm.suppressedBy).length, outOfService: alarms.filter((alarm) => alarm.outOfService).length,
    floodSince, recent: floodSince ? shown.length : 0,
  };
}

function extra(many) {
  return Array.from({ length: many }, (_, index) => [`rack-${index + 1}`, 'pdu', 'APC', 'AP8000', 'apc-rpdu2', 10]);
}

const twins = { host: 'edgedcim-a', peer: 'edgedcim-b', peerOnline: true, notifier: 'edgedcim-b' };

function summaryOf(devices, agents, rate) {
  const count = (state) => devices.filter((device) => device.state === state).length;
  const oldest = devices.reduce((worst, device) => (worst && worst.ageSeconds >= device.ageSeconds ? worst : device), null);
  return {
    agents,
    devices: { online: count('online'), degraded: count('degraded'), offline: count('offline'), known: devices.length },
    oldest: oldest ? { device: oldest.id, ageSeconds: oldest.ageSeconds } : null,
    alarms: countAlarms([], null),
    readingsPerSecond: rate,
    stores: [{ name: 'history', lagSeconds: 0, backlogBatches: 0, readingsPerSecond: rate }],
    collector: null,
  };
}

function kpisAt(tick, t, scenario, load, since) {
  const sums = sumsAt(tick, load);
  const unknown = scenario === 'pue-null' ? 'meter pdu-b2 silent for 42 s'
    : scenario === 'agent-offline' ? 'meter utility silent for 61 s; meter pdu-a1 silent for 64 s; meter pdu-a2 silent for 64 s; and 9 more' : null;
  const estimated = scenario === 'stale-device';
  const base = { scope: 'site', coverage: estimated ? 0.913 : 1, quality: estimated ? 'estimated' : 'good', revision: 1, at: iso(t), reason: estimated ? `meter pdu-b2 held for ${Math.round((t - since) / 1_000) + 4} s` : null, interim: null };
  const known = (name, window, value, unit, more = {}) => ({ name, window, value, unit, category: null, uncertainty: null, ...base, ...more });
  const nothing = (name, window, unit, reason, more = {}) => ({ name, window, value: null, unit, category: null, uncertainty: null, ...base, coverage: 0.86, quality: 'missing', reason, ...more });
  const now = (name, unit, more) => (unknown ? nothing(name, 'now', unit, unknown, more) : known(name, 'now', kpiAt(name, tick, load), unit, more));
  const meters = inputs.map(([meter, series, id]) => ({
    meter, series, value: unknown && meter === 'pdu-b2' ? null : round(vitalsAt(id, tick, load).find(([metric]) => series.includes(`/${metric}`))?.[2] ?? 0, 1),
    unit: 'W', ageSeconds: (t - tick) / 1_000 + (meter.startsWith('pdu') ? 3 : 0), quality: unknown && meter === 'pdu-b2' ? 'missing' : estimated && meter === 'pdu-b2' ? 'estimated' : 'good',
  }));
  const parts = unknown ? null : [
    { name: 'cooling', value: sums.coolingW / sums.itW }, { name: 'power_chain', value: sums.powerChainW / sums.itW }, { name: 'lighting_other', value: sums.lightingOtherW / sums.itW },
  ];
  const short = 'window has 3.4 d of 30 d';
  return [
    now('pue', '1', { category: 2, uncertainty: 0.009, yesterday: 1.2374, parts, inputs: meters }),
    known('pue', '15m', 1.2291, '1', { category: 2, uncertainty: 0.009 }),
    known('pue', '1h', 1.2318, '1', { category: 2, uncertainty: 0.009, revision: 2 }),
    known('pue', '1d', 1.2402, '1', { category: 2, uncertainty: 0.009, coverage: 0.998 }),
    nothing('pue', '30d', '1', short, { category: 2, coverage: 0.113, interim: 1.2388 }),
    nothing('pue', '12mo', '1', 'window has 3.4 d of 365 d'),
    now('wue', 'L/kWh', { category: 2, uncertainty: 0.017, yesterday: 0.861 }),
    known('wue', '1h', 0.8391, 'L/kWh', { category: 2, uncertainty: 0.017 }),
    known('wue', '1d', 0.8624, 'L/kWh', { category: 2, uncertainty: 0.017 }),
    nothing('wue', '30d', 'L/kWh', short),
    now('ppue_cooling', '1', { uncertainty: 0.006 }),
    now('ppue_ups', '1', { uncertainty: 0.006 }),
    ...['ups-a', 'ups-b'].map((id) => ({ ...known('ups_efficiency', 'now', 100 * (1 - powersAt(tick, load)[`${id}:loss`] / powersAt(tick, load)[id]), '%'), scope: id })),
    now('it_power', 'W', { uncertainty: 2_000 }),
    now('total_power', 'W', { uncertainty: 2_400 }),
    now('cooling_power', 'W', { uncertainty: 700 }),
  ];
}

function flowAt(tick, t, scenario, load) {
  const p = powersAt(tick, load);
  const missing = new Set(scenario === 'pue-null' ? ['pdu-b2'] : []);
  const age = (t - tick) / 1_000;
  const node = (id, role, label = id) => ({ id, label, role, powerW: scenario === 'agent-offline' || missing.has(id) ? null : p[id], ageSeconds: age, quality: missing.has(id) ? 'missing' : 'good' });
  const racks = ['pdu-a1', 'pdu-a2', 'pdu-a3', 'm-tank-it', 'pdu-b1', 'pdu-b2', 'pdu-b3'];
  const nodes = [
    node('utility', 'total'), node('ups-a', 'power_chain'), node('ups-b', 'power_chain'), ...racks.map((id) => node(id, 'it')),
    node('chiller', 'cooling'), node('m-cdu', 'cooling', 'cdu pumps'), node('m-tank', 'cooling', 'tank pumps'), node('lights', 'lighting'),
    node('ups-a:loss', 'loss'), node('ups-b:loss', 'loss'),
  ];
  const links = [
    ['utility', 'ups-a'], ['utility', 'ups-b'], ['utility', 'chiller'], ['utility', 'm-cdu'], ['utility', 'm-tank'], ['utility', 'lights'],
    ...racks.map((id) => [id.startsWith('pdu-b') ? 'ups-b' : 'ups-a', id]), ['ups-a', 'ups-a:loss'], ['ups-b', 'ups-b:loss'],
  ].filter(([, to]) => scenario !== 'agent-offline' && !missing.has(to)).map(([from, to]) => ({ from, to, powerW: p[to] }));
  if (missing.has('pdu-b2')) {
    nodes.push({ id: 'ups-b:unknown', label: 'ups-b: not known', role: 'other', powerW: p['pdu-b2'], ageSeconds: null, quality: 'good' });
    links.push({ from: 'ups-b', to: 'ups-b:unknown', powerW: p['pdu-b2'] });
  }
  const unknown = scenario === 'pue-null' || scenario === 'agent-offline';
  const sums = sumsAt(tick, load);
  return { nodes, links, sums: unknown ? { ...sums, itW: null, powerChainW: null, ...(scenario === 'agent-offline' ? { totalW: null, coolingW: null, lightingOtherW: null } : {}) } : sums };
}

/** History of a KPI or of a series, with a hole of four minutes, as a collector that was restarted would have it. */
export function historyOf({ kpi, series }, fromMs, toMs, stepMs, load) {
  const hole = (t) => t > toMs - 24 * 60_000 && t < toMs - 20 * 60_000;
  const points = [];
  const [device, ...rest] = (series ?? '').split('/');
  for (let t = Math.ceil(fromMs / stepMs) * stepMs; t <= toMs; t += stepMs) {
    const vital = series ? vitalsAt(device, t, load).find(([metric, part]) => rest.join('/') === (part ? `${metric}/${part}` : metric)) : null;
    let value = kpi ? kpiAt(kpi, t, load) : vital?.[2] ?? null;
    if (series === 'ups-b/ups.mode') {
      value = t < toMs - 37 * 60_000 ? 1 : 2;
    }
    points.push([t, hole(t) ? null : value]);
  }
  return { ...(kpi ? { kpi } : { series }), unit: '1', points };
}
