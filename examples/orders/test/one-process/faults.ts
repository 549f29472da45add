import type { ExchangeRequest } from '../../src/http/edge.js'

/** What a fault can reach: the request, the work that it is for, and the shop around it. */
export interface Struck {
  readonly request: ExchangeRequest
  /** Does the work and gives the true answer. */
  readonly work: () => Promise<Response>
  /** Does the work when all else is done. */
  readonly later: (work: () => Promise<Response>) => void
  /** Order dies; whoever waited for it gets no answer. */
  readonly die: () => Promise<never>
}

/** One way in which one call goes wrong. */
export interface Fault {
  readonly name: string
  /** Whether something in between makes up an answer: nothing does between those who know one another by certificate. */
  readonly isMadeUp: boolean
  /** Whether it stands for all of its kind where there is no time for each. */
  readonly isRepresentative: boolean
  readonly strike: (struck: Struck) => Promise<Response>
}

const statuses = [204, 302, 400, 402, 404, 408, 409, 422, 429, 500, 502, 503]

const cutOff = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"status":"char'))
      controller.error(new Error('the connection ended early'))
    },
  })

const bodies: readonly (readonly [string, () => string | ReadableStream | null])[] = [
  ['the body null', () => 'null'],
  ['the body true', () => 'true'],
  ['an empty list', () => '[]'],
  ['an empty object', () => '{}'],
  ['another word', () => '{"status":"accepted","orderId":7}'],
  ['half of a body', () => '{"status":"char'],
  ['a body that breaks off', cutOff],
  ['no body', () => null],
  ['a page of HTML', () => '<html><body>It works!</body></html>'],
]

/** What something in between answers in place of the service. */
function foreign(status: number): Response {
  return new Response(status === 204 ? null : '{"message":"from something in between"}', { status })
}

const failures: readonly (readonly [string, () => Response | Promise<never>, isMadeUp: boolean])[] = [
  ['reset', () => Promise.reject(new Error('reset')), false],
  ['time-out', () => Promise.reject(new Error('timed out')), false],
  // What is above 500 a sidecar says, too.
  ...statuses.map((status) => [`a foreign ${status}`, () => foreign(status), status < 500] as const),
  ...bodies.flatMap(([name, body]) =>
    [200, 201].map(
      (status) => [`${status} with ${name}`, () => new Response(body(), { status }), true] as const,
    ),
  ),
]

const REPRESENTATIVES: ReadonlySet<string> = new Set([
  'circuit open',
  'connection refused',
  'time-out, and the work is done much later',
  'order dies before it',
  'order dies after it',
  ...[
    'reset',
    'a foreign 404',
    'a foreign 409',
    'a foreign 503',
    '200 with the body null',
    '201 with half of a body',
  ].flatMap((name) => [`${name} before the work`, `${name} after the work`]),
])

const allFaults: readonly Omit<Fault, 'isRepresentative'>[] = [
  { name: 'circuit open', isMadeUp: false, strike: () => Promise.reject(new Error('circuit is open')) },
  {
    name: 'connection refused',
    isMadeUp: false,
    strike: async ({ request }) => {
      request.onAttempt()
      throw new Error('connection refused')
    },
  },
  {
    name: 'time-out, and the work is done much later',
    isMadeUp: false,
    strike: async ({ request, work, later }) => {
      request.onAttempt()
      later(work)
      throw new Error('timed out')
    },
  },
  { name: 'order dies before it', isMadeUp: false, strike: ({ die }) => die() },
  {
    name: 'order dies after it',
    isMadeUp: false,
    strike: async ({ request, work, die }) => {
      request.onAttempt()
      await work()
      return die()
    },
  },
  ...failures.flatMap(([name, fail, isMadeUp]): Omit<Fault, 'isRepresentative'>[] => [
    {
      name: `${name} before the work`,
      isMadeUp,
      strike: async ({ request }) => {
        request.onAttempt()
        return fail()
      },
    },
    {
      name: `${name} after the work`,
      isMadeUp,
      strike: async ({ request, work }) => {
        request.onAttempt()
        await work()
        return fail()
      },
    },
  ]),
]

/** Every fault of a call: each answer that is wrong comes once without the work, and once after it. */
export const faults: readonly Fault[] = allFaults.map((fault) => ({
  ...fault,
  isRepresentative: REPRESENTATIVES.has(fault.name),
}))
