import type { CircuitState } from './circuit-states.js'

/**
 * The states, the moment before the first one, and the phases of a circuit that only observes, which goes through
 * the same cycle as a real one but refuses nobody.
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

type Moves = Partial<Record<CircuitTrigger, CircuitPhase>>

/** What calls and time do to a circuit, and to one that only observes. */
function cycle<P extends CircuitPhase>(closed: P, open: P, halfOpen: P): Record<P, Moves> {
  const moves: Partial<Record<CircuitPhase, Moves>> = {
    [closed]: { 'failure-rate': open, 'slow-call-rate': open, 'consecutive-failures': open },
    [open]: { 'wait-over': halfOpen },
    [halfOpen]: { 'trials-succeeded': closed, 'trials-failed': open, 'trials-hung': open },
  }
  return moves as Record<P, Moves>
}

/**
 * Every change of state that a circuit can make. The breaker looks its next phase up here and nowhere else,
 * and the state diagram is drawn from this table, so what is drawn is what runs.
 */
export const transitions: Readonly<Record<CircuitPhase, Readonly<Moves>>> = /* @__PURE__ */ withForce({
  start: {
    created: 'closed',
    'restored-closed': 'closed',
    'restored-open': 'open',
    'restored-forced-open': 'forced-open',
    'restored-forced-closed': 'forced-closed',
    'restored-observe': 'observe',
  },
  ...cycle('closed', 'open', 'half-open'),
  'forced-open': {},
  'forced-closed': {},
  ...cycle('observe', 'observe-open', 'observe-half-open'),
})

/** An operator can force any state from any other, and let go of what is forced. */
function withForce(table: Record<CircuitPhase, Moves>): Record<CircuitPhase, Moves> {
  const forced = {
    'force-open': 'forced-open',
    'force-closed': 'forced-closed',
    'force-observe': 'observe',
  } as const
  for (const [phase, moves] of Object.entries(table) as [CircuitPhase, Moves][]) {
    if (phase === 'start') continue
    const state = stateOf(phase)
    for (const [trigger, to] of Object.entries(forced) as [keyof typeof forced, CircuitState][]) {
      if (state === to) moves.release = 'closed'
      else moves[trigger] = to
    }
  }
  return table
}

/** @throws {Error} when the table has no such row, which is a defect of the breaker and not of its caller */
export function nextPhase(from: CircuitPhase, trigger: CircuitTrigger): CircuitPhase {
  const next = transitions[from][trigger]
  if (next === undefined) throw new Error(`broken invariant: nothing leads from ${from} on ${trigger}`)
  return next
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
