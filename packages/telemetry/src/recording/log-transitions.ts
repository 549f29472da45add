import type { Policy, PolicyEvent } from '@watertight/policy'
import { failureReason } from './failure-reason.js'

/** What lines are written with: the logger of `createLogger`, any of pino, or one like it. */
export interface TransitionLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/**
 * Writes a line whenever the circuit breaker of a destination changes its state, for those who read logs before metrics.
 * A failure is named by its code or class, as in labels: its message may hold what must not be logged. A circuit that
 * flaps fills no disk: a destination has so many lines a minute, and the next one says how many were left out.
 */
export function logTransitions(
  policy: Pick<Policy<unknown>, 'on'>,
  destination: string,
  log: TransitionLog,
  now: () => number,
): void {
  let minuteBegan = -Infinity
  let lines = 0
  let omitted = 0
  policy.on('state', (event) => {
    const at = now()
    if (at - minuteBegan >= MINUTE_MS) [minuteBegan, lines] = [at, 0]
    if (lines >= LINES_MAX) {
      omitted++
      return
    }
    lines++
    const fields = { destination, ...fieldsOf(event), ...(omitted === 0 ? {} : { omitted_lines: omitted }) }
    omitted = 0
    const level = event.to === 'open' || event.to === 'forced-open' ? 'warn' : 'info'
    log[level](fields, sentence(destination, event))
  })
}

const MINUTE_MS = 60_000
const LINES_MAX = 20

type StateChange = PolicyEvent<'state'>

function fieldsOf(event: StateChange): object {
  const { from, to, trigger, retryAfterMs } = event
  const reason = reasonOf(event)
  return {
    from_state: from,
    to_state: to,
    trigger,
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: Math.ceil(retryAfterMs) }),
    ...(reason === undefined ? {} : { reason }),
  }
}

function sentence(destination: string, event: StateChange): string {
  const { to, trigger, retryAfterMs } = event
  // It stays in that state: the trigger tells what it would have done.
  if (to === 'observe') return `circuit of ${destination} only observes: ${trigger}`
  const time = retryAfterMs === undefined ? '' : `, for ${Math.ceil(retryAfterMs / 100) / 10} s more`
  const reason = reasonOf(event)
  return `circuit of ${destination} is ${to.replace('forced-', 'forced ')}${time}${reason === undefined ? '' : `; last failure: ${reason}`}`
}

function reasonOf({ to, trigger, error, value }: StateChange): string | undefined {
  const isFailure = (to === 'open' || to === 'observe') && !trigger.startsWith('trials-succeeded')
  if (!isFailure || (error === undefined && value === undefined)) return undefined
  return failureReason({ error, value })
}
