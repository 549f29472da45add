/** What a retry does when nothing is said, by code and by document. Times in milliseconds. */
export const retryDefaults = {
  attempts: 3,
  minimumTryMs: 0,
  maxPushbackMs: 60_000,
} as const
