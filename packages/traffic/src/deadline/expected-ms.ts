/** What an attempt that starts now tells the callee: how long its answer is waited for, in whole milliseconds. */
export function expectedMs(deadline: number, attemptMs: number, now: number): number {
  return Math.max(0, Math.floor(Math.min(deadline - now, attemptMs)))
}
