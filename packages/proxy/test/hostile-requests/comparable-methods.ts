import { METHODS } from 'node:http'

/** The platform knows a closed list of methods, and hands the connection of a CONNECT on unread. */
export const comparableMethods: ReadonlySet<string> = new Set(
  METHODS.filter((method) => method !== 'CONNECT'),
)
