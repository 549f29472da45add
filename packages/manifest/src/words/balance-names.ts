/** How an endpoint may be chosen. */
export const balanceNames = ['least-request', 'round-robin', 'peak-ewma', 'ring-hash'] as const

export type Balance = (typeof balanceNames)[number]

export const balanceDefault: Balance = 'least-request'
