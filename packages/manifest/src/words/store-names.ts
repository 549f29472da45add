/** Stores that have no address yet: `watertight up` starts each and tells its services where it is. */
export const storeNames = ['embedded', 'postgres', 'redis'] as const
