/// <reference lib="esnext.disposable" preserve="true" />
import type { EventType, PolicyEvent } from '../events/events.js'
import { OptionError } from '../options/option-error.js'
import type { Policy } from '../promise/policy.js'

/** The events of a policy, in the order in which they were reported. */
export interface EventRecorder<T extends EventType = EventType> {
  readonly events: readonly PolicyEvent<T>[]
  /** Events that came when 10,000 of them were kept already. */
  readonly dropped: number
  /** The types of the events alone: the short form for an assertion. */
  types(): T[]
  /** Forgets what was recorded and goes on. */
  clear(): void
  /** Ends the recording; what was recorded stays. */
  stop(): void
  [Symbol.dispose](): void
}

/**
 * Records what a policy, or every policy of a pipeline, reports.
 *
 * `types` are the types to record; default: every type.
 *
 * @throws {OptionError} when one of them is no type of event
 * @example
 * const call = retry({ attempts: 2, backoff: constant({ ms: 0 }) })
 * const recorder = recordEvents(call, ['retry', 'success'])
 * await call.execute(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('first')) : 'second'))
 * console.log(recorder.types()) // ['retry', 'success']
 */
export function recordEvents<T extends EventType = EventType>(
  policy: Pick<Policy<unknown>, 'on'>,
  types: readonly T[] = EVENT_TYPES as readonly T[],
): EventRecorder<T> {
  const unknown = types.find((type) => !EVENT_TYPES.includes(type))
  if (unknown !== undefined) {
    const message = `cannot record events: types must be among ${EVENT_TYPES.join(', ')}, got '${unknown}'`
    throw new OptionError(message, 'types')
  }
  const events: PolicyEvent<T>[] = []
  let dropped = 0
  const record = (event: PolicyEvent): void => {
    if (events.length < EVENTS_MAX) events.push(event as PolicyEvent<T>)
    else dropped += 1
  }
  const stops = types.map((type) => policy.on(type, record))
  const stop = (): void => {
    for (const end of stops) end()
  }
  return {
    events,
    get dropped() {
      return dropped
    },
    types: () => events.map((event) => event.type as T),
    clear: () => {
      events.length = 0
      dropped = 0
    },
    stop,
    [Symbol.dispose]: stop,
  }
}

const EVENTS_MAX = 10_000

/** A record first, so that the compiler asks for a type that is missing here. */
const EVENT_TYPES = Object.keys({
  success: true,
  failure: true,
  refused: true,
  aborted: true,
  refusal: true,
  retry: true,
  'retry-stopped': true,
  timeout: true,
  queued: true,
  hedge: true,
  fallback: true,
  state: true,
  'would-refuse': true,
  'would-time-out': true,
  'would-retry': true,
  cache: true,
  limit: true,
} satisfies Record<EventType, true>) as readonly EventType[]
