/** The words in which a service is described: the only place where they are listed. */
export const serviceWords = {
  /** The layer in which the policy of a call runs. */
  enforcement: ['process', 'sidecar', 'mesh'],
  /** How a version takes the place of another. */
  release: ['canary', 'blue-green', 'rolling', 'recreate'],
  /** Where state lives between requests. */
  state: ['none', 'external', 'local'],
  /** `parallel`: the longest call counts; `sequential`: they add up. */
  callOrder: ['parallel', 'sequential'],
  /** How a second delivery of a message does no harm. */
  consumption: ['inbox', 'by-key', 'by-nature'],
} as const

/** The layer in which the policy of a call runs. */
export type Enforcement = (typeof serviceWords.enforcement)[number]

export type ReleaseStrategy = (typeof serviceWords.release)[number]

/** `parallel`: the longest call counts; `sequential`: they add up. */
export type CallOrder = (typeof serviceWords.callOrder)[number]
