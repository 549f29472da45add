import { circuitBreaker } from '@watertight/policy'
import { type VirtualClock, virtualClock } from '@watertight/policy/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger } from '../logs/logger.js'
import { createTelemetry } from './telemetry.js'

const reset = Object.assign(new Error('reset by https://ann:s3cret@10.0.0.7'), { code: 'ECONNRESET' })
const fail = (): Promise<never> => Promise.reject(reset)
const options = { consecutiveFailures: 1, openForMs: 12_000, halfOpenCalls: 1 }

let clock: VirtualClock
let lines: Record<string, unknown>[]
beforeEach(() => {
  clock = virtualClock()
  clock.install()
  lines = []
})
afterEach(() => clock[Symbol.dispose]())

/** The breaker of a destination, whose changes are logged by a real logger. */
function loggedBreaker(given: Parameters<typeof circuitBreaker>[0]): ReturnType<typeof circuitBreaker> {
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  }
  const log = createLogger({ service: 'order', destination })
  const policy = circuitBreaker(given)
  createTelemetry({ service: 'order', log, now: () => clock.now() }).destination({ to: 'payment', policy })
  return policy
}

describe('the log of a circuit', () => {
  it('has a line for each change of state, with how long and why, and nothing of the message of an error', async () => {
    const breaker = loggedBreaker(options)
    await breaker.outcome(fail)
    await clock.advance(12_000)
    await breaker.outcome(() => Promise.resolve('charged'))
    expect(lines.map(({ level, msg }) => `${String(level)}: ${String(msg)}`)).toEqual([
      'warn: circuit of payment is open, for 12 s more; last failure: ECONNRESET',
      'info: circuit of payment is half-open',
      'info: circuit of payment is closed',
    ])
    expect(lines[0]).toMatchObject({ service: 'order', destination: 'payment', retry_after_ms: 12_000 })
    expect(JSON.stringify(lines)).not.toContain('s3cret')
  })

  it('names the status of an answer that counts as a failure', async () => {
    const whenResult = (value: unknown): boolean => (value as { status: number }).status >= 500
    await loggedBreaker({ ...options, whenResult }).outcome(() => Promise.resolve({ status: 503 }))
    expect(lines[0]).toMatchObject({ reason: 'status_503', trigger: 'consecutive-failures' })
  })

  it('says what a circuit that only observes would have done', async () => {
    const breaker = loggedBreaker(options)
    breaker.force('observe')
    await breaker.outcome(fail)
    expect(lines.map(({ level, msg }) => `${String(level)}: ${String(msg)}`)).toEqual([
      'info: circuit of payment only observes: force-observe',
      'info: circuit of payment only observes: consecutive-failures',
    ])
  })

  it('fills no disk while a circuit flaps, and says how many lines it left out', async () => {
    const breaker = loggedBreaker(options)
    for (let i = 0; i < 15; i++) for (const state of ['open', undefined] as const) breaker.force(state)
    expect(lines).toHaveLength(20)
    await clock.advance(60_000)
    breaker.force('open')
    expect(lines.slice(20)).toMatchObject([{ omitted_lines: 10, to_state: 'forced-open' }])
  })

  it('is refused where it is no logger', () => {
    expect(() => createTelemetry({ service: 'order', log: {} as never })).toThrow(
      'cannot create telemetry: log must be a logger with info and warn',
    )
  })
})
