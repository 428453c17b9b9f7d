/** What the collector says over HTTP. Times are ISO 8601 with offset; names ending in Ms are Unix milliseconds. */

export type Quality = 'good' | 'estimated' | 'suspect' | 'missing';
export type DeviceState = 'online' | 'degraded' | 'offline' | 'stale' | 'unknown';
export type KpiWindow = 'now' | '15m' | '1h' | '1d' | '30d' | '12mo';
export type Role = 'total' | 'it' | 'cooling' | 'power_chain' | 'lighting' | 'other' | 'loss';

/** One meter that a KPI was computed from. */
export interface KpiInput {
  meter: string;
  series: string;
  value: number | null;
  unit: string;
  ageSeconds: number | null;
  quality: Quality;
}

/** A computed figure. `value` is null when it is not known, and `reason` then says why. */
export interface Kpi {
  name: string;
  scope: string;
  window: KpiWindow;
  value: number | null;
  unit: string;
  category?: number | null;
  /** Share of the inputs that was there, 0 to 1, weighted by energy. */
  coverage: number | null;
  /** Half width, in the unit of the value. */
  uncertainty?: number | null;
  quality: Quality;
  revision: number;
  at: string;
  /** Why it is not known; beside a value, what keeps it from being good. */
  reason?: string | null;
  /** The value over the covered part of a window, where that is too little for `value`. */
  interim?: number | null;
  /** The same figure one day ago. */
  yesterday?: number | null;
  /** For PUE: what each part adds above 1. */
  parts?: { name: string; value: number }[] | null;
  inputs?: KpiInput[] | null;
}

export interface FlowNode {
  id: string;
  label: string;
  role: Role;
  powerW: number | null;
  ageSeconds: number | null;
  quality: Quality;
}

export interface FlowLink {
  from: string;
  to: string;
  powerW: number;
}

export interface FlowSums {
  totalW: number | null;
  itW: number | null;
  coolingW: number | null;
  powerChainW: number | null;
  lightingOtherW: number | null;
}

export interface Flow {
  nodes: FlowNode[];
  links: FlowLink[];
  sums: FlowSums;
}

export interface Vital {
  metric: string;
  part?: string | null;
  value: number | null;
  unit: string | null;
  quality: Quality;
  ageSeconds: number | null;
  /** The word of a state metric. */
  state?: string | null;
  /** Why it is suspect, in English. */
  reason?: string | null;
}

export interface Device {
  id: string;
  kind: string | null;
  vendor?: string | null;
  model?: string | null;
  profile?: string | null;
  agent?: string | null;
  state: DeviceState;
  quality: Quality;
  lastAnswer: string | null;
  ageSeconds: number | null;
  vitals: Vital[];
}

export type AlarmPriority = 'low' | 'medium' | 'high' | 'critical';
export type AlarmState = 'normal' | 'active_unacknowledged' | 'active_acknowledged' | 'returned_unacknowledged';

/** How many are on the list, by priority, and how many are kept off it. */
export interface AlarmCount {
  critical: number;
  high: number;
  medium: number;
  low: number;
  unacknowledged: number;
  shelved: number;
  suppressed: number;
  outOfService: number;
  /** Since when more come than a person can read; null when they do not. */
  floodSince: string | null;
  /** Annunciated in the last ten minutes. */
  recent: number;
}

/** One cause at one place. */
export interface Alarm {
  id: string;
  device: string;
  part: string | null;
  cause: string;
  class: 'process' | 'power' | 'cooling' | 'communication' | 'anomaly';
  priority: AlarmPriority;
  state: AlarmState;
  text: string;
  evidence: string;
  confidence: number | null;
  safety: boolean;
  /** Its data does not come: neither raised nor cleared meanwhile. */
  unknown: boolean;
  raised: string;
  changed: string;
  cleared: string | null;
  acknowledged: string | null;
  acknowledgedBy: string | null;
  shelf: { user: string; reason: string; since: string; until: string } | null;
  suppressedBy: string | null;
  outOfService: { user: string; reason: string; since: string } | null;
  comment: string | null;
  times: number;
  cascade: string | null;
  /** 1 was first out of its cascade. */
  order: number;
  sources: string[];
}

/** A way by which people are told of alarms. */
export interface Channel {
  name: string;
  way: string;
  /** Events that its receiver has not taken yet. */
  waiting: number;
}

/** An alarm with its past, oldest first. */
export interface AlarmStory {
  alarm: Alarm;
  trail: { at: string; event: string; user: string; reason: string | null }[];
}

export interface Summary {
  agents: { online: number; known: number };
  devices: { online: number; degraded: number; offline: number; stale?: number; known: number };
  oldest: { device: string; ageSeconds: number } | null;
  alarms: AlarmCount;
  readingsPerSecond: number;
  /** The history and the databases behind it. */
  stores?: Store[];
  /** Null where the site has but one. */
  collector?: Collector | null;
}

/** How far a store is behind the journal, and what it takes meanwhile. */
export interface Store {
  name: string;
  lagSeconds: number;
  backlogBatches: number;
  readingsPerSecond: number;
}

/** Which of two collectors shows the page, and how it stands with the other. */
export interface Collector {
  host: string;
  peer: string;
  peerOnline: boolean;
  /** Who notifies; null while nobody does. */
  notifier: string | null;
}

export interface PageState {
  site: string;
  /** IANA name of the site's time zone. */
  zone: string;
  at: string;
  summary: Summary;
  kpi: Kpi[];
  flow: Flow | null;
  devices: Device[];
  alarms: Alarm[];
}

/** Only what changed; `devices` and `alarms` hold the changed ones alone, everything else is whole. */
export type Delta = Partial<PageState> & { alarmsGone?: string[] };

/** Every series of a device, not only its vitals. */
export interface Readings {
  device: string;
  readings: Vital[];
}

export interface History {
  series?: string;
  kpi?: string;
  unit: string | null;
  points: [atMs: number, value: number | null][];
}

/** RFC 9457. */
export interface Problem {
  status: number;
  title?: string;
  detail?: string;
}
