/**
 * What a saga that waits for room is due before those whose step is asked again: a hundred years. So the one index of what is due
 * has first tries before all others, and each kind in the order in which it came, for every worker and after every restart.
 */
const HEAD_START_YEARS = 100

export const headStartMs: number = HEAD_START_YEARS * 365 * 24 * 3_600_000

/** SQL: the same, as an interval. */
export const headStart: string = `interval '${headStartMs / 1_000} seconds'`

/** SQL: what is due before this moment has the start of the others. */
export const firstTriesUntil: string = `now() - ${headStart} / 2`
