/** Whether an answer, or whatever else has a status, is a failure of the destination. */
export function isFailureStatus(answer: unknown): boolean {
  return statusOf(answer) >= 500
}

export function statusOf(answer: unknown): number {
  return (answer as { readonly status: number }).status
}

/** Whether a fallback may answer in its place: also for one that asks to be left alone. */
export function isUnanswered(status: number): boolean {
  return status >= 500 || status === 429
}
