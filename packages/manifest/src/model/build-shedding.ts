import { durationMs } from '../units/duration.js'
import { percentageShare } from '../units/percentage.js'
import { sizeBytes } from '../units/size.js'
import type { SectionReader } from './section-reader.js'
import type { SheddingModel } from './shedding-model.js'

export function buildShedding(reader: SectionReader): SheddingModel | false | undefined {
  if (reader.isOff('shedding')) return false
  const fields = reader.section('shedding')
  return (
    fields && {
      concurrency: fields.required('concurrency', (value: number) => value),
      queue: fields.required('queue', (value: number) => value),
      eventLoopDelayMs: fields.unlessOff('eventLoopDelay', durationMs) ?? Infinity,
      heapUsed: fields.unlessOff('heapUsed', percentageShare) ?? Infinity,
      memoryBytes: fields.unlessOff('memory', sizeBytes) ?? Infinity,
    }
  )
}
