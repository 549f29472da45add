import type { CallSignals, EdgeStand } from '../../src/model/edge-stand.js'
import type { ActiveFault, FaultOffer } from '../../src/model/fault-stand.js'
import type { DeadLetterStand } from '../../src/model/messaging-stand.js'
import type { SagaSummary } from '../../src/model/saga-summary.js'
import type { GoldenSignals, Level, ServiceStand } from '../../src/model/service-stand.js'
import type { Snapshot } from '../../src/model/snapshot.js'
import type { SystemEvent } from '../../src/model/system-event.js'
import { tracesAt } from './scripted-traces.js'

const STEP_MS = 1_000
const HISTORY_MS = 600_000

const names = ['gateway', 'order', 'inventory', 'payment', 'loyalty', 'shipping', 'tax'] as const
const calls: readonly (readonly [from: string, to: string, share: number, ms: number, optional: boolean])[] =
  [
    ['gateway', 'order', 1, 31, false],
    ['order', 'inventory', 1, 6, false],
    ['order', 'payment', 0.98, 9, false],
    ['order', 'loyalty', 0.97, 4, true],
    ['order', 'tax', 1, 3, false],
    ['shipping', 'inventory', 0.96, 5, false],
  ]

export const offers: readonly FaultOffer[] = [
  {
    id: 'delay:payment',
    kind: 'delay',
    target: 'payment',
    description: 'payment answers late',
    delayMs: 2_000,
    status: null,
    share: 1,
  },
  {
    id: 'abort:inventory',
    kind: 'abort',
    target: 'inventory',
    description: 'inventory fails',
    delayMs: null,
    status: 503,
    share: 0.25,
  },
  {
    id: 'freeze:loyalty',
    kind: 'freeze',
    target: 'loyalty',
    description: 'loyalty hangs',
    delayMs: null,
    status: null,
    share: null,
  },
]

/** What happens in the shop on its own: its figures are functions of time, so that every test sees the same. */
export class ScriptedShop {
  readonly startedAt: number
  readonly events: SystemEvent[] = []
  faults: ActiveFault[] = []
  weights: Readonly<Record<string, number>> = { stable: 95, canary: 5 }
  letters: DeadLetterStand[] = []
  sagas: SagaSummary[]
  replicas = 1
  /** Sources that cannot be asked, by name. */
  failing = new Set<string>()
  sequence = 0

  constructor(startedAt: number) {
    this.startedAt = startedAt
    this.sagas = scriptedSagas(startedAt)
    this.say(startedAt - 540_000, 'process', 'info', 'gateway', null, 'the system was started')
    this.say(
      startedAt - 300_000,
      'deployment',
      'info',
      'order',
      null,
      'order canary was started with 5% of /orders',
    )
  }

  say(
    at: number,
    kind: SystemEvent['kind'],
    level: SystemEvent['level'],
    service: string | null,
    edge: string | null,
    text: string,
  ): void {
    this.events.push({ id: this.events.length + 1, at, kind, level, service, edge, text })
  }

  startFault(id: string, at: number, change: Partial<FaultOffer> = {}): void {
    const offer = offers.find((one) => one.id === id)
    if (offer === undefined) throw new Error(`there is no fault ${id}`)
    const hitting = calls.filter(([, to]) => to === offer.target).map(([from, to]) => `${from}>${to}`)
    this.faults.push({ ...offer, ...change, startedAt: at, endsAt: at + 60_000, hits: 0, hitting })
    this.say(at, 'fault', 'warning', offer.target, null, `${offer.description}: started`)
    if (id === 'delay:payment')
      this.say(
        at + 4_000,
        'breaker',
        'critical',
        'payment',
        'order>payment',
        'the breaker opened: 61% of 48 calls failed',
      )
  }

  stopFault(id: string, at: number): void {
    const fault = this.faults.find((one) => one.id === id)
    if (fault === undefined) throw new Error(`fault ${id} is not on`)
    this.faults = this.faults.filter((one) => one !== fault)
    this.say(at, 'fault', 'info', fault.target, null, `${fault.description}: stopped`)
  }

  snapshot(at: number): Snapshot {
    const isSlow = (moment: number): boolean =>
      this.faults.some(({ id, startedAt }) => id === 'delay:payment' && moment - startedAt >= 0)
    const slow = isSlow(at)
    const rate = 42 + 6 * Math.sin(at / 23_000) + 2 * Math.sin(at / 3_100)
    this.sequence += 1
    return {
      schemaVersion: 1,
      sequence: this.sequence,
      at,
      system: 'orders',
      windowMs: 10_000,
      history: { from: Math.max(at - HISTORY_MS, this.startedAt - HISTORY_MS), to: at, stepMs: STEP_MS },
      sources: this.#sources(at),
      services: names.map((name) => this.#service(name, at, rate, slow)),
      edges: calls.map(([from, to, share, ms, optional]) =>
        edgeOf({ from, to, ms, optional, at, rate: rate * share, slow }),
      ),
      events: this.events.filter((event) => event.at <= at),
      traces: { known: true, value: tracesAt(at, slow).map(({ summary }) => summary) },
      sagas: { known: true, value: this.sagas },
      messaging: {
        known: true,
        value: {
          outbox: {
            events: slow ? 132 : 3,
            bytes: slow ? 48_210 : 1_204,
            ageMs: slow ? 14_200 : 180,
            heldBackMs: 0,
          },
          lags: [
            {
              group: 'shipping',
              topic: 'orders',
              events: 2,
              ageMs: 210,
              parked: this.letters.length,
              deadLetters: this.letters.length,
            },
            { group: 'order-status', topic: 'orders', events: 0, ageMs: 0, parked: 0, deadLetters: 0 },
          ],
          deadLetters: this.letters,
        },
      },
      faults: {
        known: true,
        value: {
          offers,
          active: this.faults.map((fault) => ({
            ...fault,
            hits: Math.max(0, Math.round(((at - fault.startedAt) / 1_000) * 41)),
          })),
        },
      },
      canaries: [this.#canary()],
      actions: (
        [
          'restart',
          'kill',
          'scale',
          'redrive',
          'retry-saga',
          'start-fault',
          'stop-fault',
          'set-canary',
        ] as const
      ).map((name) => ({ name, isPossible: true, reason: null })),
    }
  }

  #canary(): Snapshot['canaries'][number] {
    const sum = Object.values(this.weights).reduce((total, weight) => total + weight, 0)
    const shares = Object.entries(this.weights).map(([version, weight]) => ({
      version,
      weight,
      share: weight / sum,
    }))
    return { route: '0', match: '/orders', service: 'order', shares }
  }

  #sources(at: number): Snapshot['sources'] {
    const listed = [
      ['supervisor', 'supervisor', 'unix:.data/control.sock'],
      ['metrics of order', 'metrics', 'http://127.0.0.1:9101/metrics'],
      ['admin of gateway', 'admin', 'http://127.0.0.1:9901'],
      ['store', 'store', 'postgres://127.0.0.1:5432/orders'],
      ['traces', 'traces', 'the last 2,000 spans'],
    ] as const
    return listed.map(([name, kind, place]) =>
      this.failing.has(name)
        ? {
            name,
            kind,
            place,
            state: 'failing',
            reason: 'connection refused',
            answeredAt: at - 42_000,
            tookMs: null,
          }
        : { name, kind, place, state: 'ok', reason: null, answeredAt: at, tookMs: 3 },
    )
  }

  #service(name: string, at: number, rate: number, slow: boolean): ServiceStand {
    const isPayment = name === 'payment'
    const level: Level = slow && isPayment ? 'critical' : slow && name === 'order' ? 'warning' : 'ok'
    const own = calls.find(([, to]) => to === name)
    const ms = slow && isPayment ? 2_004 : (own?.[3] ?? 44)
    const signals: GoldenSignals = {
      ratePerSecond: slow && isPayment ? 1.2 : rate * (own?.[2] ?? 1),
      errorShare: slow && isPayment ? 0.61 : slow && name === 'order' ? 0.004 : name === 'tax' ? 0 : 0.0004,
      p50Ms: ms * (1 + 0.1 * Math.sin(at / 9_000)),
      p95Ms: ms * 2,
      p99Ms: ms * (slow && isPayment ? 1.4 : 3.1 + Math.sin(at / 7_000)),
      saturation: slow && name === 'order' ? 0.71 : 0.22,
      saturationOf: 'cpu',
      inFlight: slow && isPayment ? 16 : 2,
      queued: slow && isPayment ? 4 : 0,
    }
    return {
      name,
      kind: name === 'gateway' ? 'gateway' : 'service',
      description: name === 'tax' ? 'Python, enforced by its sidecar' : null,
      level,
      because:
        level === 'critical'
          ? [
              '61% of requests fail, more than the 1% of its objective',
              'availability burns its budget 61 times too fast over 5m',
            ]
          : level === 'warning'
            ? ['latency burns its budget 3.2 times too fast over 5m']
            : [],
      signals: { known: true, value: signals },
      objectives: [
        {
          name: 'availability',
          target: 0.999,
          limitMs: null,
          windowMs: 2_592_000_000,
          budgetLeft: slow && isPayment ? -0.4 : name === 'order' ? 0.62 : 0.93,
          burnRates: [
            { window: '5m', rate: slow && isPayment ? 61 : 0.4 },
            { window: '1h', rate: slow && isPayment ? 8.2 : 0.3 },
          ],
        },
        {
          name: 'latency',
          target: 0.99,
          limitMs: 250,
          windowMs: 2_592_000_000,
          budgetLeft: 0.88,
          burnRates: [{ window: '5m', rate: 0.5 }],
        },
      ],
      replicas: { known: true, value: this.#replicasOf(name, at) },
    }
  }

  #replicasOf(name: string, at: number): Extract<ServiceStand['replicas'], { known: true }>['value'] {
    const count = name === 'payment' ? this.replicas : 1
    return Array.from({ length: count }, (_, index) => ({
      name: index === 0 ? name : `${name}-${index + 1}`,
      kind: name === 'gateway' ? ('gateway' as const) : ('service' as const),
      state: 'ready' as const,
      pid: 4_200 + names.indexOf(name as (typeof names)[number]) * 10 + index,
      port: 8_080 + names.indexOf(name as (typeof names)[number]) * 10 + index,
      restarts: 0,
      upForMs: at - this.startedAt + 540_000,
      cpu: 0.12,
      memoryBytes: 84_000_000,
    }))
  }
}

interface EdgeScript {
  readonly from: string
  readonly to: string
  readonly ms: number
  readonly optional: boolean
  readonly at: number
  readonly rate: number
  readonly slow: boolean
}

function edgeOf({ from, to, ms, optional, at, rate, slow }: EdgeScript): EdgeStand {
  const isHit = slow && to === 'payment'
  const signals: CallSignals = {
    ratePerSecond: rate,
    errorShare: isHit ? 0.97 : slow && from === 'gateway' ? 0.004 : 0.0004,
    p50Ms: isHit ? 0.2 : ms * (1 + 0.1 * Math.sin(at / 9_000)),
    p95Ms: ms * 2,
    p99Ms: isHit ? 804 : ms * (3 + Math.sin(at / 7_000)),
    breaker: isHit ? 'open' : 'closed',
    retriesPerSecond: isHit ? 0.4 : 0.1,
    refusalsPerSecond: isHit ? 39 : 0,
    fallbacksPerSecond: isHit ? 39 : 0,
    timeoutsPerSecond: isHit ? 1.1 : 0,
    hedgesPerSecond: 0,
    budgetRemaining: isHit ? 0 : 12,
    running: isHit ? 1 : 2,
    queued: 0,
    ejectedEndpoints: 0,
  }
  return {
    id: `${from}>${to}`,
    from,
    to,
    level: isHit ? 'critical' : 'ok',
    because: isHit ? ['the breaker is open: calls are refused for another 3.2 s'] : [],
    optional,
    signals: { known: true, value: signals },
  }
}

function scriptedSagas(at: number): SagaSummary[] {
  const saga = (
    id: string,
    status: SagaSummary['status'],
    step: string | null,
    ageMs: number,
  ): SagaSummary => ({
    id,
    name: 'place-order',
    version: 1,
    key: `customer-${id.slice(-1)}`,
    parent: null,
    status,
    step,
    startedAt: at - ageMs,
    changedAt: at - ageMs + 900,
    dueAt: status === 'running' ? at + 4_000 : null,
    turnedBack:
      status === 'compensation-failed' || status === 'compensated' ? 'payment refused the card' : null,
    canRetry: status === 'compensation-failed' || status === 'running',
  })
  return [
    saga('order-7f21', 'compensation-failed', 'reserve', 42_000),
    saga('order-7f35', 'running', 'charge', 2_000),
    saga('order-7f34', 'done', null, 4_000),
    saga('order-7f33', 'compensated', 'reserve', 9_000),
    saga('order-7f32', 'done', null, 11_000),
  ]
}

export function scriptedLetter(at: number): DeadLetterStand {
  return {
    eventId: '01JDR3',
    group: 'shipping',
    topic: 'orders',
    type: 'order-placed',
    key: 'order-7f02',
    attempts: 8,
    error: 'cannot ship order-7f02: the address has no country',
    parkedAt: at - 63_000,
    waiting: 2,
  }
}
