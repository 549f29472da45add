/**
 * How a finished call counts for a decision.
 *
 * `ignored` is for what says nothing about the dependency: the caller's own abort, or a refusal further in.
 * It releases the permit and counts as neither success nor failure.
 */
export type Verdict = 'success' | 'failure' | 'ignored'
