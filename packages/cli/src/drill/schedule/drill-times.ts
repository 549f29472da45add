import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import { durationMs } from '@watertight/manifest/units'
import { DrillFolder, type KeptRecord } from '../drill-folder.js'
import { isRunnable } from '../drill-plan.js'
import type { DrillTimes } from './next-due.js'

/** What is known of each drill of a document that a machine can run; `seen` has those alone that the schedule has seen. */
export function drillTimes(
  { document }: SystemModel,
  seen: Readonly<Record<string, number>>,
  records: readonly KeptRecord[],
): DrillTimes[] {
  return Object.entries(document.drills ?? {}).flatMap(([name, drill]) => {
    const seenAt = seen[name]
    if (!isRunnable(drill) || seenAt === undefined) return []
    const latest = (kind: KeptRecord['kind']): number | undefined =>
      records.find((record) => record.drill === name && record.kind === kind)?.at
    const everyMs = durationMs(drill.every)
    return [{ name, everyMs, seenAt, ranAt: latest('drill'), refusedAt: latest('refused') }]
  })
}

/** When the schedule first saw each drill, kept from run to run. */
export class SeenDrills {
  readonly #file: string

  constructor(runFolder: string) {
    this.#file = join(new DrillFolder(runFolder).path, 'schedule.json')
  }

  read(): Readonly<Record<string, number>> {
    try {
      const seen = JSON.parse(readFileSync(this.#file, 'utf8')) as unknown
      return typeof seen === 'object' && seen !== null ? (seen as Record<string, number>) : {}
    } catch {
      return {}
    }
  }

  /** Adds those that are new, and forgets those that are gone from the document. */
  see(names: readonly string[], now: number): Readonly<Record<string, number>> {
    const before = this.read()
    const seen = Object.fromEntries(names.map((name) => [name, before[name] ?? now]))
    if (JSON.stringify(seen) === JSON.stringify(before)) return seen
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(seen)}\n`)
    renameSync(`${this.#file}.new`, this.#file)
    return seen
  }
}
