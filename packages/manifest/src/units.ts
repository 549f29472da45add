/** Durations and shares as the manifest writes them, without the schema: for who reads a model and not a document. */
export { type Duration, durationMs, formatDuration } from './units/duration.js'
export { formatPercentage, type Percentage, percentageShare } from './units/percentage.js'
export { formatSize, type Size, sizeBytes } from './units/size.js'
