/** Whether a policy keeps a breaker and a bulkhead for each callee, or one of each for all. */
export const instanceNames = ['per-callee', 'shared'] as const

export type Instance = (typeof instanceNames)[number]
