import type { SystemModel } from '@watertight/manifest'
import type { Told } from '../model/told.js'
import type { MeasuredPage } from '../sources/metrics-page.js'
import type { RunReading } from '../sources/run-source.js'

/** What the sources have said last, of all that services and edges are drawn from. */
export interface Readings {
  readonly model: SystemModel | undefined
  readonly run: Told<RunReading>
  readonly pages: readonly MeasuredPage[]
}
