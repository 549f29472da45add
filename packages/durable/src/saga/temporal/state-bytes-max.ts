import { evolve } from '../decisions/evolve.js'
import type { SagaEvent, StepOutcome } from '../decisions/saga-event.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaPlan } from '../definition/saga-plan.js'

/** Temporal takes 4 MiB in one message; what is not a state has the rest. */
const MESSAGE_BYTES = 3_500_000

/** One message may hold this many turns, each with its state in the record and in the memo: signals, answers, and a timer. */
const STATES_OF_TURNS = 6

/**
 * How large the state of a saga may become, in bytes of JSON: 500,000, and less where a stage asks many steps at once, each of which
 * is handed the state. A workflow that sends more than the server takes is ended by it, or tries to for ever.
 */
export function stateBytesMax({ stages }: SagaPlan): number {
  const widest = Math.max(1, ...stages.map((stage) => stage.length))
  return Math.floor(MESSAGE_BYTES / (STATES_OF_TURNS + widest))
}

/** What anything may have that a saga is handed. */
export const VALUE_BYTES_MAX: number = MESSAGE_BYTES / (STATES_OF_TURNS + 1)

export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '')

export const tooLarge = (what: string, bytes: number, bytesMax: number): string =>
  `cannot keep ${what}: the state of a saga on Temporal must be at most ${bytesMax} bytes of JSON, got ${bytes}`

/** A result that is too large on its own is not even sent: what answers too much is asked for ever. */
export function boundedOutcome(plan: SagaPlan, outcome: StepOutcome): StepOutcome {
  if (outcome.type !== 'done') return outcome
  const bytes = jsonBytes(outcome.result)
  const bytesMax = stateBytesMax(plan)
  return bytes <= bytesMax ? outcome : { type: 'unknown', message: tooLarge('its result', bytes, bytesMax) }
}

/**
 * What follows from an event, in a state that Temporal takes. A result that would make it too large counts as no answer, so that its step
 * is undone like any other of which nothing is known; a signal that would turns the saga back.
 */
export function boundedEvolve(plan: SagaPlan, state: SagaState, event: SagaEvent): SagaState {
  const next = evolve(plan, state, event)
  const isDone = event.type === 'step-ended' && event.outcome.type === 'done'
  if (next === state || (!isDone && event.type !== 'signalled')) return next
  const bytes = jsonBytes(next)
  const bytesMax = stateBytesMax(plan)
  if (bytes <= bytesMax) return next
  const { at } = event
  if (event.type === 'signalled') {
    const message = tooLarge(`the payload of signal ${event.signal}`, bytes, bytesMax)
    return evolve(plan, state, { type: 'cancelled', at, message })
  }
  const message = tooLarge('its result', bytes, bytesMax)
  return evolve(plan, state, { ...event, outcome: { type: 'unknown', message } })
}
