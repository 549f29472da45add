import type { Span, SpanEvent, Trace } from '../../src/model/trace.js'

interface Drawn {
  readonly service: string
  readonly name: string
  readonly kind: Span['kind']
  readonly depth: number
  readonly from: number
  readonly took: number
  readonly isError?: boolean
  readonly attempt?: number
  readonly status?: number
  readonly events?: readonly (readonly [kind: SpanEvent['kind'], at: number, text: string])[]
}

const calm: readonly Drawn[] = [
  { service: 'gateway', name: 'POST /orders', kind: 'server', depth: 0, from: 0, took: 44, status: 201 },
  { service: 'order', name: 'POST /orders', kind: 'server', depth: 1, from: 2, took: 40, status: 201 },
  {
    service: 'order',
    name: 'reserve at inventory',
    kind: 'attempt',
    depth: 2,
    from: 5,
    took: 7,
    attempt: 1,
    status: 200,
  },
  {
    service: 'inventory',
    name: 'POST /reservations',
    kind: 'server',
    depth: 3,
    from: 6,
    took: 5,
    status: 200,
  },
  { service: 'order', name: 'charge at payment', kind: 'call', depth: 2, from: 14, took: 16 },
  {
    service: 'order',
    name: 'POST /charges',
    kind: 'attempt',
    depth: 3,
    from: 14,
    took: 10,
    attempt: 1,
    status: 200,
  },
  { service: 'payment', name: 'POST /charges', kind: 'server', depth: 4, from: 15, took: 8, status: 200 },
  { service: 'order', name: 'order-placed', kind: 'producer', depth: 2, from: 36, took: 2 },
]

const troubled: readonly Drawn[] = [
  { service: 'gateway', name: 'POST /orders', kind: 'server', depth: 0, from: 0, took: 912, status: 202 },
  { service: 'order', name: 'POST /orders', kind: 'server', depth: 1, from: 2, took: 904, status: 202 },
  {
    service: 'order',
    name: 'reserve at inventory',
    kind: 'attempt',
    depth: 2,
    from: 5,
    took: 8,
    attempt: 1,
    status: 200,
  },
  {
    service: 'order',
    name: 'charge at payment',
    kind: 'call',
    depth: 2,
    from: 14,
    took: 884,
    isError: true,
    events: [
      ['wait', 14, 'waited 32 ms for a slot of the bulkhead'],
      ['retry', 850, 'waits 21 ms before attempt 2'],
      ['refusal', 896, 'circuit of payment is open'],
    ],
  },
  {
    service: 'order',
    name: 'POST /charges',
    kind: 'attempt',
    depth: 3,
    from: 46,
    took: 800,
    attempt: 1,
    isError: true,
    events: [['timeout', 846, 'no answer within 800 ms']],
  },
  {
    service: 'order',
    name: 'POST /charges',
    kind: 'attempt',
    depth: 3,
    from: 871,
    took: 1,
    attempt: 2,
    isError: true,
  },
  {
    service: 'order',
    name: 'queued for later',
    kind: 'producer',
    depth: 2,
    from: 899,
    took: 4,
    events: [['fallback', 899, 'the charge is queued for later']],
  },
]

/** The traces of the shop up to a moment, the newest first: one every two seconds. */
export function tracesAt(at: number, isSlow: boolean): Trace[] {
  const last = Math.floor(at / 2_000)
  return Array.from({ length: 30 }, (_, index) => scriptedTrace(last - index, isSlow && index % 2 === 0))
}

export function scriptedTrace(number: number, isTroubled: boolean): Trace {
  const startedAt = number * 2_000 - 1_000
  const script = isTroubled ? troubled : calm
  const stretch = 1 + ((number * 7) % 10) / 20
  const spans = script.map((drawn, index): Span =>
    spanOf(drawn, index, parentOf(script, index), startedAt, stretch),
  )
  const isError = script.some((drawn) => drawn.depth === 0 && drawn.isError === true)
  return {
    summary: {
      traceId: `${isTroubled ? 'b' : 'a'}${number.toString(16).padStart(31, '0')}`,
      name: 'POST /orders',
      service: 'gateway',
      startedAt,
      durationMs: spans[0]?.durationMs ?? 0,
      spanCount: spans.length,
      services: [...new Set(spans.map(({ service }) => service))],
      isError,
      retries: script.filter(({ attempt = 1 }) => attempt > 1).length,
      refusals: script.flatMap(({ events = [] }) => events).filter(([kind]) => kind === 'refusal').length,
    },
    spans,
  }
}

/** The trace that an id of `tracesAt` names. */
export function traceById(traceId: string): Trace | undefined {
  const number = Number.parseInt(traceId.slice(1), 16)
  return /^[ab][0-9a-f]{31}$/.test(traceId) ? scriptedTrace(number, traceId.startsWith('b')) : undefined
}

function parentOf(script: readonly Drawn[], index: number): number | null {
  const depth = script[index]?.depth ?? 0
  for (let before = index - 1; before >= 0; before -= 1)
    if (script[before]?.depth === depth - 1) return before
  return null
}

function spanOf(
  drawn: Drawn,
  index: number,
  parent: number | null,
  startedAt: number,
  stretch: number,
): Span {
  const {
    service,
    name,
    kind,
    from,
    took,
    isError = false,
    attempt = null,
    status = null,
    events = [],
  } = drawn
  return {
    spanId: String(index),
    parentId: parent === null ? null : String(parent),
    name,
    service,
    kind,
    startedAt: startedAt + from * stretch,
    durationMs: took * stretch,
    isError,
    attempt,
    status,
    attributes: {},
    events: events.map(([mark, at, text]) => ({
      at: startedAt + at * stretch,
      name: mark,
      kind: mark,
      attributes: { text },
    })),
  }
}
