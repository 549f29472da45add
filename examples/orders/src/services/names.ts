/** The six services, outermost first: the order in which they stop. */
export const serviceNames = ['gateway', 'order', 'inventory', 'payment', 'shipping', 'loyalty'] as const

export type ServiceName = (typeof serviceNames)[number]
