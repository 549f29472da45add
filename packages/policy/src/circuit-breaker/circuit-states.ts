/** What an operator sees of a circuit: the only place where its states are listed. */
export const circuitStates = [
  'closed',
  'open',
  'half-open',
  'forced-open',
  'forced-closed',
  'observe',
] as const

/** What an operator sees. */
export type CircuitState = (typeof circuitStates)[number]
