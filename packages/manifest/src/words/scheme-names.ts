/** How a caller speaks to the gateway. */
export const schemeNames = ['http', 'https'] as const

export type Scheme = (typeof schemeNames)[number]
