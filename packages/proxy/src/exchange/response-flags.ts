/** Envoy's response flags, those that this proxy can set, with what each means. */
export const responseFlags = {
  UT: 'no answer in time',
  UF: 'no connection to the endpoint',
  UC: 'the endpoint closed the connection',
  UR: 'the endpoint reset the stream',
  SI: 'the endpoint fell silent within its answer',
  UPE: 'what the endpoint sent is not HTTP',
  UO: 'this side is at a limit: connections, pending requests, bulkhead, adaptive limit or circuit breaker',
  UH: 'no endpoint',
  URX: 'all attempts are used up',
  NR: 'no route',
  DC: 'the caller left',
  DPE: 'what the caller sent is not HTTP',
  DI: 'delayed by a fault on purpose',
  FI: 'aborted by a fault on purpose',
  RL: 'refused by a rate limit',
  UAEX: 'the caller may not call, by its certificate',
} as const

export type ResponseFlag = keyof typeof responseFlags
