import type { Durations } from '../http/durations.js'
import type { EdgeStatus } from '../http/edges.js'

/** What a proxy has done so far. */
export interface ProxyWork {
  /** How long requests took in the proxy itself: all of it but the attempts that it made. */
  readonly own: Durations
  /** How long those behind it took to answer, as it saw them. */
  readonly behind: Durations
  readonly edges: readonly EdgeStatus[]
}
