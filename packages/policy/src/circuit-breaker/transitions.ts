/** What an operator sees. */
export type CircuitState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'forced-closed' | 'observe'

/**
 * A row's end of the table: the states, the moment before the first one, and the phases of a circuit that
 * only observes, which goes through the same cycle as a real one but refuses nobody.
 */
export type CircuitPhase = CircuitState | 'start' | 'observe-open' | 'observe-half-open'

/** Why a circuit changed its state. */
export type CircuitTrigger =
  | 'created'
  | 'restored-closed'
  | 'restored-open'
  | 'restored-forced-open'
  | 'restored-forced-closed'
  | 'restored-observe'
  | 'failure-rate'
  | 'slow-call-rate'
  | 'consecutive-failures'
  | 'wait-over'
  | 'trials-succeeded'
  | 'trials-failed'
  | 'trials-hung'
  | 'force-open'
  | 'force-closed'
  | 'force-observe'
  | 'release'

/** One change of state. While observing, `from` and `to` are both `'observe'` and the trigger tells. */
export interface CircuitTransition {
  readonly from: CircuitState
  readonly to: CircuitState
  readonly trigger: CircuitTrigger
  /** Monotonic milliseconds; the deadline itself for what a deadline decided, however late it was noticed. */
  readonly at: number
}

export type TransitionRow = readonly [from: CircuitPhase, trigger: CircuitTrigger, next: CircuitPhase]

/**
 * Every change of state that a circuit can make. The breaker looks its next phase up here and nowhere else,
 * and the state diagram is drawn from these rows, so what is drawn is what runs.
 */
export const transitions: readonly TransitionRow[] = [
  ['start', 'created', 'closed'],
  ['start', 'restored-closed', 'closed'],
  ['start', 'restored-open', 'open'],
  ['start', 'restored-forced-open', 'forced-open'],
  ['start', 'restored-forced-closed', 'forced-closed'],
  ['start', 'restored-observe', 'observe'],

  ['closed', 'failure-rate', 'open'],
  ['closed', 'slow-call-rate', 'open'],
  ['closed', 'consecutive-failures', 'open'],
  ['closed', 'force-open', 'forced-open'],
  ['closed', 'force-closed', 'forced-closed'],
  ['closed', 'force-observe', 'observe'],

  ['open', 'wait-over', 'half-open'],
  ['open', 'force-open', 'forced-open'],
  ['open', 'force-closed', 'forced-closed'],
  ['open', 'force-observe', 'observe'],

  ['half-open', 'trials-succeeded', 'closed'],
  ['half-open', 'trials-failed', 'open'],
  ['half-open', 'trials-hung', 'open'],
  ['half-open', 'force-open', 'forced-open'],
  ['half-open', 'force-closed', 'forced-closed'],
  ['half-open', 'force-observe', 'observe'],

  ['forced-open', 'release', 'closed'],
  ['forced-open', 'force-closed', 'forced-closed'],
  ['forced-open', 'force-observe', 'observe'],

  ['forced-closed', 'release', 'closed'],
  ['forced-closed', 'force-open', 'forced-open'],
  ['forced-closed', 'force-observe', 'observe'],

  ['observe', 'failure-rate', 'observe-open'],
  ['observe', 'slow-call-rate', 'observe-open'],
  ['observe', 'consecutive-failures', 'observe-open'],
  ['observe', 'release', 'closed'],
  ['observe', 'force-open', 'forced-open'],
  ['observe', 'force-closed', 'forced-closed'],

  ['observe-open', 'wait-over', 'observe-half-open'],
  ['observe-open', 'release', 'closed'],
  ['observe-open', 'force-open', 'forced-open'],
  ['observe-open', 'force-closed', 'forced-closed'],

  ['observe-half-open', 'trials-succeeded', 'observe'],
  ['observe-half-open', 'trials-failed', 'observe-open'],
  ['observe-half-open', 'trials-hung', 'observe-open'],
  ['observe-half-open', 'release', 'closed'],
  ['observe-half-open', 'force-open', 'forced-open'],
  ['observe-half-open', 'force-closed', 'forced-closed'],
]

/**
 * The phase that a trigger leads to.
 *
 * @throws {Error} when the table has no such row, which is a defect of the breaker and not of its caller
 */
export function nextPhase(from: CircuitPhase, trigger: CircuitTrigger): CircuitPhase {
  for (const row of transitions) if (row[0] === from && row[1] === trigger) return row[2]
  throw new Error(`cannot change circuit state: nothing leads from ${from} on ${trigger}`)
}

/** The state that a phase shows to the outside. */
export function stateOf(phase: CircuitPhase): CircuitState {
  if (phase === 'observe-open' || phase === 'observe-half-open') return 'observe'
  return phase === 'start' ? 'closed' : phase
}

/** What the breaker does with calls in a phase. */
export type Duty = 'monitor' | 'count' | 'probe' | 'reject'

export const duties: Readonly<Record<CircuitPhase, Duty>> = {
  start: 'reject',
  closed: 'monitor',
  open: 'reject',
  'half-open': 'probe',
  'forced-open': 'reject',
  'forced-closed': 'count',
  observe: 'monitor',
  'observe-open': 'reject',
  'observe-half-open': 'probe',
}
