/** Something that happened to the system, for the axis of time. */
export interface SystemEvent {
  /** Grows with each event; the same event has the same id in every snapshot. */
  readonly id: number
  readonly at: number
  readonly kind: 'breaker' | 'process' | 'deployment' | 'scaling' | 'ejection' | 'fault' | 'action' | 'source'
  readonly level: 'info' | 'warning' | 'critical'
  /** The service that it is about. */
  readonly service: string | null
  /** The edge that it is about, such as `order>payment`. */
  readonly edge: string | null
  readonly text: string
}
