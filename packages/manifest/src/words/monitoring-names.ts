/** The servers that watch a running system: `watertight up` starts those that the document names. */
export const monitoringNames = {
  metrics: ['prometheus'],
  alerts: ['alertmanager'],
  traces: ['jaeger'],
} as const
