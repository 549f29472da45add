/** The words in which the system as a whole is described: the only place where they are listed. */
export const systemWords = {
  /** The service meshes whose defaults are known. */
  mesh: ['istio', 'linkerd', 'envoy'],
  /** What an experiment does to its target. */
  fault: ['latency', 'error', 'kill', 'partition'],
  /** What a drill does to its target. */
  drillFault: ['latency', 'error', 'kill'],
  /** How grave a finding is to be; `off` silences it. */
  severity: ['off', 'note', 'warning', 'error'],
} as const

/** How grave a finding is that is told. */
export type Severity = Exclude<(typeof systemWords.severity)[number], 'off'>
