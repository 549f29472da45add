/**
 * Whether what happened to a key, as its callers saw it, can have happened one after the other: each call at one moment
 * between its start and its end.
 *
 * The search is that of Wing and Gong (Testing and verifying concurrent objects, 1993), with Lowe's memory of states seen:
 * exponential in calls that overlap, so histories of a key are kept short. A lease may end at any moment, which the model
 * allows whenever it is asked: what it forbids is that one who was taken over is heard, that two own the key, that anything
 * but the first answer is replayed.
 */
export interface KeyCall {
  readonly kind: 'claim' | 'finish'
  /** `new`, `takeover`, `in-flight` or `replay` of a claim; `true` or `false` of a finish. */
  readonly said: string
  /** What a claim was given, or a finish was made with; 0 where there is none. */
  readonly epoch: number
  /** The epoch by which a replayed answer was given. */
  readonly answeredBy: number
  /** Of one clock for all processes. */
  readonly start: number
  readonly end: number
}

interface KeyState {
  readonly owner: number
  readonly isDone: boolean
}

export function isLinearizable(calls: readonly KeyCall[]): boolean {
  const seen = new Set<string>()
  const search = (open: readonly KeyCall[], state: KeyState): boolean => {
    if (open.length === 0) return true
    const position = `${open.map((call) => calls.indexOf(call)).join()}:${state.owner}:${state.isDone}`
    if (seen.has(position)) return false
    seen.add(position)
    const firstEnd = Math.min(...open.map(({ end }) => end))
    return open.some((call) => {
      // Another call had ended before this one began.
      if (call.start > firstEnd) return false
      const next = after(state, call)
      return (
        next !== undefined &&
        search(
          open.filter((other) => other !== call),
          next,
        )
      )
    })
  }
  return search(calls, { owner: 0, isDone: false })
}

/** Undefined: a key in that state would not have said so. */
function after(state: KeyState, { kind, said, epoch, answeredBy }: KeyCall): KeyState | undefined {
  const { owner, isDone } = state
  if (kind === 'finish') {
    const isHeard = owner === epoch && !isDone
    if (said !== String(isHeard)) return undefined
    return isHeard ? { owner, isDone: true } : state
  }
  switch (said) {
    case 'new':
      return owner === 0 ? { owner: epoch, isDone: false } : undefined
    case 'takeover':
      return owner !== 0 && !isDone && epoch > owner ? { owner: epoch, isDone: false } : undefined
    case 'in-flight':
      return owner !== 0 && !isDone ? state : undefined
    case 'replay':
      return isDone && answeredBy === owner ? state : undefined
    default:
      return undefined
  }
}
