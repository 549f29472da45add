import type {
  CallSignals,
  EdgeStand,
  FaultsStand,
  GoldenSignals,
  Level,
  ObjectiveStand,
  ServicePanel,
  ServiceStand,
  SeriesPage,
  Snapshot,
  SystemEvent,
} from '../../src/index.js'

const STEP_MS = 1_000
const MINUTES = 10
const OBJECTIVE_WINDOW_MS = 30 * 86_400_000
/** When payment has become slow, before the moment that is shown. */
const SLOW_FOR_MS = 55_000

const SERVICES = ['gateway', 'order', 'inventory', 'payment', 'loyalty', 'shipping', 'tax'] as const
type Name = (typeof SERVICES)[number]
const BUSY_MS: Readonly<Record<Name, number>> = {
  gateway: 43,
  order: 30,
  inventory: 6,
  payment: 9,
  loyalty: 4,
  shipping: 12,
  tax: 3,
}
const CALLS: readonly (readonly [from: Name, to: Name, optional: boolean])[] = [
  ['gateway', 'order', false],
  ['order', 'tax', true],
  ['order', 'inventory', false],
  ['order', 'payment', false],
  ['order', 'loyalty', true],
  ['order', 'shipping', false],
]

/** Customers come in waves. */
const rateAt = (at: number): number => 38 + 7 * Math.sin(at / 17_000) + 2 * Math.sin(at / 3_100)

const FAULT = {
  id: 'delay:order>payment',
  kind: 'delay',
  target: 'order>payment',
  description: 'calls of order to payment are slow',
  delayMs: 2_000,
  status: null,
  share: 1,
  forMs: 300_000,
} as const
const OTHER_FAULT = {
  ...FAULT,
  id: 'abort:order>payment',
  kind: 'abort',
  description: 'calls of order to payment fail',
  delayMs: null,
  status: 503,
} as const

/** The worked example as the page shows it: calm, or while payment is slow on purpose. It is for pictures, which are to stay alike. */
export function scriptedOrders(at: number, inTrouble: boolean): Snapshot {
  return {
    schemaVersion: 1,
    sequence: 1,
    at,
    system: 'orders',
    windowMs: 10_000,
    history: { from: at - MINUTES * 60_000, to: at, stepMs: STEP_MS },
    sources: SERVICES.map((name) => ({
      name: `metrics of ${name}`,
      kind: 'metrics',
      place: 'http://127.0.0.1/metrics',
      state: 'ok',
      reason: null,
      answeredAt: at,
      tookMs: 4,
    })),
    services: SERVICES.map((name) => serviceOf(name, at, inTrouble)),
    edges: CALLS.map(([from, to, optional]) => edgeOf(from, to, optional, at, inTrouble)),
    events: eventsUntil(at, inTrouble),
    traces: { known: true, value: tracesUntil(at, inTrouble) },
    sagas: { known: true, value: [] },
    waiting: { known: true, value: [] },
    messaging: {
      known: true,
      value: { outbox: { events: 0, bytes: 0, ageMs: 0, heldBackMs: 0 }, lags: [], deadLetters: [] },
    },
    faults: { known: true, value: faultsAt(at, inTrouble) },
    canaries: [],
    actions: [
      { name: 'start-fault', isPossible: true, reason: null },
      { name: 'stop-fault', isPossible: true, reason: null },
    ],
  }
}

function eventsUntil(at: number, inTrouble: boolean): SystemEvent[] {
  const event = { service: null, edge: 'order>payment' } as const
  const slowSince = at - SLOW_FOR_MS
  const rollout: SystemEvent = {
    id: 1,
    at: at - 480_000,
    kind: 'deployment',
    level: 'info',
    service: 'order',
    edge: null,
    text: 'order 1.8.0 is rolled out',
  }
  if (!inTrouble) return [rollout]
  const opened = 'circuit breaker of order>payment goes from closed to open: failure-rate (order)'
  return [
    rollout,
    {
      ...event,
      id: 2,
      at: slowSince,
      kind: 'fault',
      level: 'warning',
      text: `fault on purpose: ${FAULT.description}`,
    },
    { ...event, id: 3, at: slowSince + 6_000, kind: 'breaker', level: 'critical', text: opened },
  ]
}

function faultsAt(at: number, inTrouble: boolean): FaultsStand {
  const startedAt = at - SLOW_FOR_MS
  const endsAt = startedAt + FAULT.forMs
  const active = { ...FAULT, startedAt, endsAt, hits: 412, hitting: [FAULT.target] }
  return { offers: [FAULT, OTHER_FAULT], active: inTrouble ? [active] : [] }
}

function serviceOf(name: Name, at: number, inTrouble: boolean): ServiceStand {
  const isSlow = inTrouble && name === 'payment'
  const suffers = inTrouble && name === 'order'
  const level: Level = isSlow ? 'critical' : suffers ? 'warning' : 'ok'
  const why = isSlow
    ? 'its p99 is 2.4 s, 500 ms is allowed'
    : 'latency burns its budget 3.2 times too fast over 5m'
  return {
    name,
    kind: name === 'gateway' ? 'gateway' : 'service',
    description: null,
    level,
    because: level === 'ok' ? [] : [why],
    signals: { known: true, value: signalsOf(name, at, inTrouble) },
    objectives: objectivesOf(isSlow ? -0.4 : suffers ? 0.62 : 0.88),
    replicas: { known: false, source: 'supervisor', reason: 'it is not asked here' },
  }
}

function signalsOf(name: Name, at: number, inTrouble: boolean): GoldenSignals {
  const isSlow = inTrouble && name === 'payment'
  const busyMs = isSlow ? 2_010 : BUSY_MS[name]
  return {
    ratePerSecond: isSlow ? 1.2 : rateAt(at),
    errorShare: name === 'tax' ? 0 : inTrouble && name === 'order' ? 0.004 : 0.0004,
    p50Ms: busyMs,
    p95Ms: busyMs * 2,
    p99Ms: isSlow ? 2_400 : busyMs * 3.7,
    saturation: 0.31,
    saturationOf: 'cpu',
    inFlight: 2,
    queued: 0,
  }
}

function objectivesOf(budgetLeft: number): ObjectiveStand[] {
  const burnRates = [
    { window: '5m', rate: budgetLeft < 0.7 ? 3.2 : 0.4 },
    { window: '1h', rate: 0.4 },
  ]
  const objective = { target: 0.999, limitMs: null, windowMs: OBJECTIVE_WINDOW_MS, budgetLeft, burnRates }
  return [{ name: 'availability', ...objective }]
}

function edgeOf(from: Name, to: Name, optional: boolean, at: number, inTrouble: boolean): EdgeStand {
  const isOpen = inTrouble && to === 'payment'
  const value: CallSignals = {
    ratePerSecond: rateAt(at),
    errorShare: isOpen ? 0.97 : 0.0004,
    p50Ms: isOpen ? 0.2 : BUSY_MS[to],
    p95Ms: isOpen ? 800 : BUSY_MS[to] * 2,
    p99Ms: isOpen ? 804 : BUSY_MS[to] * 3.6,
    breaker: isOpen ? 'open' : 'closed',
    retriesPerSecond: isOpen ? 0.4 : 0,
    refusalsPerSecond: isOpen ? 37 : 0,
    fallbacksPerSecond: isOpen ? 38 : 0,
    timeoutsPerSecond: isOpen ? 1.1 : 0,
    hedgesPerSecond: 0,
    budgetRemaining: 10,
    running: 1,
    queued: 0,
    ejectedEndpoints: 0,
    notTold: null,
  }
  return {
    id: `${from}>${to}`,
    from,
    to,
    level: isOpen ? 'critical' : 'ok',
    because: isOpen ? ['its circuit breaker is open', '97% of the calls fail'] : [],
    optional,
    signals: { known: true, value },
  }
}

function tracesUntil(at: number, inTrouble: boolean) {
  return Array.from({ length: 12 }, (_, index) => {
    const isLate = inTrouble && index % 2 === 0
    return {
      traceId: `4bf92f3577b34da6a3ce929d0e0e47${10 + index}`,
      name: 'POST /orders',
      service: 'gateway',
      startedAt: at - 1_500 - index * 1_900,
      durationMs: isLate ? 912 + index * 21 : 51 + ((index * 7) % 19),
      spanCount: isLate ? 7 : 8,
      services: ['gateway', 'order', 'payment'],
      isError: false,
      retries: isLate ? 1 : 0,
      refusals: isLate ? 1 : 0,
    }
  })
}

/** What was, for the lines over time. */
export function scriptedSeries(at: number, inTrouble: boolean): SeriesPage {
  const times = Array.from({ length: MINUTES * 60 }, (_, index) => at - (MINUTES * 60 - index) * STEP_MS)
  const columns = (place: Name | undefined) => ({
    ratePerSecond: times.map(rateAt),
    errorShare: times.map((time) => (place === undefined && isSlowAt(time) ? 0.97 : 0.0004)),
    p50Ms: times.map(() => BUSY_MS[place ?? 'payment']),
    p99Ms: times.map((time) =>
      place === undefined && isSlowAt(time) ? 804 : BUSY_MS[place ?? 'payment'] * 3.6,
    ),
  })
  const isSlowAt = (time: number): boolean => inTrouble && time > at - SLOW_FOR_MS
  return {
    at: times,
    services: Object.fromEntries(SERVICES.map((name) => [name, columns(name)])),
    edges: { 'order>payment': columns(undefined) },
  }
}

/** What is in force for the call that is in trouble. */
export const scriptedPanel: ServicePanel = {
  name: 'order',
  calls: [
    {
      to: 'payment',
      enforcedBy: 'process',
      policy: 'money',
      mode: 'enforce',
      summary: ['At worst 2 requests and 2.5 s a call.'],
      values: [
        { setting: 'timeout.attempt', value: '1s', origin: 'watertight.yaml:32 (policies.money)' },
        { setting: 'timeout.total', value: '2500ms', origin: 'watertight.yaml:32 (policies.money)' },
        { setting: 'retry.attempts', value: '2', origin: 'watertight.yaml:33 (policies.money)' },
        { setting: 'breaker.failureRate', value: '50%', origin: 'watertight.yaml:26 (policies.standard)' },
        { setting: 'breaker.openFor', value: '3s', origin: 'watertight.yaml:26 (policies.standard)' },
        { setting: 'bulkhead.concurrency', value: '40', origin: 'watertight.yaml:27 (policies.standard)' },
      ],
    },
  ],
  endpoints: { known: false, source: 'proxies', reason: 'order calls payment from its own process' },
  log: { known: true, value: [{ program: 'order', line: 'circuit of payment is open, for 3 s more' }] },
}
