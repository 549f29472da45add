/** How much a process has to bear: what happened since it was last looked at, and what it holds now. */
export interface ProcessLoad {
  /** How long a request waited for the event loop to turn, on average, in milliseconds. */
  readonly eventLoopDelayMs: number
  /** Which share of the time the event loop worked, 0..1. */
  readonly eventLoopUtilization: number
  /** Which share of the largest JavaScript heap is in use, 0..1. */
  readonly heapUsed: number
  /** Memory that the process holds, in bytes. */
  readonly rssBytes: number
}

/** What may be too much for a process. */
export type Resource = keyof ProcessLoad

export const resources: readonly Resource[] = [
  'eventLoopDelayMs',
  'eventLoopUtilization',
  'heapUsed',
  'rssBytes',
]

/** Reads the load of the process; a resource that was not measured is `NaN`. */
export type ProcessLoadProbe = () => ProcessLoad
