/** When requests are refused for being more than a process can bear. `Infinity` where the document says `off`. */
export interface SheddingModel {
  /** The most that the limit of requests under way may come to. */
  readonly concurrency: number
  /** Requests beyond the limit that may wait. */
  readonly queue: number
  readonly eventLoopDelayMs: number
  readonly heapUsed: number
  readonly memoryBytes: number
}
