import { describe, expect, it } from 'vitest'
import { checkAttemptsOfCalls } from '../src/checks/check-attempts-of-calls.js'
import { checkBalance } from '../src/checks/check-balance.js'
import { checkJitter } from '../src/checks/check-jitter.js'
import { seenSchema, type Seen } from '../src/scenario/seen-schema.js'
import type { RecordedRequest } from '../src/upstream/recorded-request.js'

const seen = (given: object): Seen => seenSchema.parse(given)

function request(given: Partial<RecordedRequest>): RecordedRequest {
  const { at = 0 } = given
  return {
    endpoint: 'a',
    call: 0,
    attempt: 0,
    method: 'GET',
    path: '/',
    headers: {},
    connection: 1,
    epoch: 0,
    body: '',
    endedAt: at,
    abandoned: false,
    ...given,
    at,
  }
}

/** A hundred calls of two attempts, with this pause before the second one. */
function pauses(pauseOf: (share: number) => number): RecordedRequest[] {
  return Array.from({ length: 100 }, (_, call) => [
    request({ call }),
    request({ call, at: pauseOf(call / 99) }),
  ]).flat()
}

describe('jitter', () => {
  const wanted = seen({ jitter: { from: '0ms', to: '200ms', samples: 100 } })

  it('is content with pauses that are spread evenly', () => {
    expect(
      checkJitter(
        wanted,
        pauses((share) => share * 200),
      ),
    ).toEqual([])
  })

  it.each([
    ['no pause at all', () => 0, 'some pause must be near 200 ms, got 0 ms at most'],
    ['one length', () => 100, 'some pause must be near 0 ms, got 100 ms at least'],
    ['half of the range', (share: number) => share * 100, 'some pause must be near 200 ms'],
    ['twice the range', (share: number) => share * 1_000, 'no pause may be longer than 200 ms'],
    [
      'most at one end',
      (share: number) => (share < 0.9 ? 0 : share * 200),
      'the mean pause must be near 100 ms',
    ],
  ])('notices %s', (_what, pauseOf, fault) => {
    expect(checkJitter(wanted, pauses(pauseOf)).join('; ')).toContain(fault)
  })

  it('notices that there were no second attempts', () => {
    expect(checkJitter(wanted, [request({})])).toEqual(['100 pauses must be measured, got 0'])
  })
})

describe('attempts of a call', () => {
  const twice = (one: Partial<RecordedRequest>, other: Partial<RecordedRequest>): RecordedRequest[] => [
    request(one),
    request(other),
  ]

  it('notices headers that change, are missing or do not go down', () => {
    const [one, other] = [{ headers: { id: '1' } }, { headers: { id: '2' } }]
    const constant = seen({ constant: ['id'] })
    expect(checkAttemptsOfCalls(constant, twice(one, one))).toEqual([])
    expect(checkAttemptsOfCalls(constant, twice(one, other))).toHaveLength(1)
    expect(checkAttemptsOfCalls(constant, twice({}, {}))).toHaveLength(1)
    const falling = seen({ falling: ['id'] })
    expect(checkAttemptsOfCalls(falling, twice(other, one))).toEqual([])
    expect(checkAttemptsOfCalls(falling, twice(one, one))).toHaveLength(1)
    expect(checkAttemptsOfCalls(falling, twice({}, {}))).toHaveLength(1)
  })

  it('measures a pause from the end of one attempt to the next', () => {
    const gaps = seen({ gaps: [{ atLeast: '100ms', atMost: '200ms' }] })
    expect(checkAttemptsOfCalls(gaps, twice({ endedAt: 50 }, { at: 150 }))).toEqual([])
    expect(checkAttemptsOfCalls(gaps, twice({ endedAt: 80 }, { at: 150 }))).toHaveLength(1)
    expect(checkAttemptsOfCalls(gaps, twice({}, { at: 300 }))).toHaveLength(1)
    expect(checkAttemptsOfCalls(gaps, [request({})])).toEqual([
      'a call must have more than one attempt, got none',
    ])
  })
})

describe('balance', () => {
  const at = (endpoints: string): RecordedRequest[] =>
    endpoints.split('').map((endpoint, index) => request({ endpoint, path: `/${index}` }))

  it('allows for chance and for no more', () => {
    const wanted = seen({ share: { a: '50%' } })
    expect(checkBalance(wanted, at('ab'.repeat(500)))).toEqual([])
    expect(checkBalance(wanted, at('aab'.repeat(333)))).toHaveLength(1)
    expect(checkBalance(wanted, [])).toHaveLength(1)
  })

  it('tells loads apart, whichever endpoint has them', () => {
    const wanted = seen({ loads: [1, { atLeast: 2 }] })
    expect(checkBalance(wanted, at('bbba'))).toEqual([])
    expect(checkBalance(wanted, at('bbaa'))).toEqual([
      'endpoints must see exactly 1, at least 2 requests, got 2, 2',
    ])
    expect(checkBalance(wanted, at('bbb'))).toHaveLength(1)
  })

  it('notices a path at two endpoints, and that no path came twice', () => {
    const wanted = seen({ affinity: true })
    const again = (endpoint: string): RecordedRequest => request({ endpoint, path: '/x' })
    expect(checkBalance(wanted, [again('a'), again('a')])).toEqual([])
    expect(checkBalance(wanted, [again('a'), again('b')])).toHaveLength(1)
    expect(checkBalance(wanted, at('ab'))).toEqual(['a path must be asked for twice, got none'])
  })

  it('counts the paths that moved when endpoints joined', () => {
    const wanted = seen({ moved: { atMost: '50%' } })
    const after = (endpoints: string): RecordedRequest[] => at(endpoints).map((one) => ({ ...one, epoch: 1 }))
    expect(checkBalance(wanted, [...at('abab'), ...after('abcb')])).toEqual([])
    expect(checkBalance(wanted, [...at('abab'), ...after('ccca')])).toHaveLength(1)
    expect(checkBalance(wanted, at('abab'))).toHaveLength(1)
  })
})
