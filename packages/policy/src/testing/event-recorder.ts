import type { EventType, PolicyEvent } from '../events/events.js'
import { checkOptions, integer } from '../options/check-options.js'
import type { Policy } from '../pipeline/policy.js'

/** The events of a policy, in the order in which they were reported. */
export interface EventRecorder<T extends EventType = EventType> {
  readonly events: readonly PolicyEvent<T>[]
  /** Events that came when `max` of them were kept already. */
  readonly dropped: number
  /** The types of the events alone: the short form for an assertion. */
  types(): T[]
  /** Forgets what was recorded and goes on. */
  clear(): void
  /** Ends the recording; what was recorded stays. */
  stop(): void
  [Symbol.dispose](): void
}

export interface RecordOptions<T extends EventType> {
  /** Which types to record. Default: every type. */
  readonly types?: readonly T[]
  /** How many events are kept; later ones are only counted as `dropped`. Default 10000. */
  readonly max?: number
}

/**
 * Records what a policy, or every policy of a pipeline, reports.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const call = retry({ attempts: 2, backoff: constant({ ms: 0 }) })
 * const recorder = recordEvents(call, { types: ['retry', 'success'] })
 * await call.execute(({ attempt }) => (attempt === 1 ? Promise.reject(new Error('first')) : 'second'))
 * console.log(recorder.types()) // ['retry', 'success']
 */
export function recordEvents<T extends EventType = EventType>(
  policy: Pick<Policy<unknown>, 'on'>,
  options: RecordOptions<T> = {},
): EventRecorder<T> {
  checkOptions('event recorder', options, {
    types: {
      allowed: `an array of event types (${EVENT_TYPES.join(', ')})`,
      accepts: (types) => Array.isArray(types) && types.every((type) => EVENT_TYPES.includes(type)),
    },
    max: integer(1),
  })
  const max = options.max ?? 10_000
  const events: PolicyEvent<T>[] = []
  let dropped = 0
  const record = (event: PolicyEvent): void => {
    if (events.length < max) events.push(event as PolicyEvent<T>)
    else dropped += 1
  }
  const stops = (options.types ?? EVENT_TYPES).map((type) => policy.on(type, record))
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
  cache: true,
  limit: true,
} satisfies Record<EventType, true>) as EventType[]
