import type { Duration } from '../units/duration.js'
import type { Percentage } from '../units/percentage.js'
import type { Size } from '../units/size.js'

/** When requests are refused for being more than a process can bear, the least important first. */
export interface SheddingDocument {
  /** Requests under way at one time, at the very most. Default 1000. */
  readonly concurrency?: number
  /** Requests beyond the limit that may wait for a moment. Default 100. */
  readonly queue?: number
  /** How long requests may wait for the event loop, on average. Default 100ms. */
  readonly eventLoopDelay?: Duration | 'off'
  /** Share of the largest heap that may be in use. Default 90%. */
  readonly heapUsed?: Percentage | 'off'
  /** Memory that the process may hold. Default off. */
  readonly memory?: Size | 'off'
}
