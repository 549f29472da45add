/**
 * How an adaptive limit is found, by the name of the algorithm in the field:
 *
 * - `gradient2`: compares the present latency with the usual one; for most calls
 * - `vegas`: estimates the queue at the callee from the shortest latency; for latencies that hardly vary
 * - `aimd`: grows by one, shrinks by a share after a failure; for latencies that say nothing
 */
export const limitAlgorithmNames = ['gradient2', 'vegas', 'aimd'] as const

/** One of `limitAlgorithmNames`, which tells what each does. */
export type LimitAlgorithmName = (typeof limitAlgorithmNames)[number]
