import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonText } from '../program/command-runner.js'
import type { DrillRecord } from './drill-record.js'

/** A drill that was to run, and did not. */
export interface RefusedDrill {
  readonly schemaVersion: 1
  /** `refused`: it could not be run; `missed`: the system did not run when it was due. */
  readonly kind: 'refused' | 'missed'
  readonly ok: false
  readonly drill: string
  readonly scheduled: boolean
  /** When it was to run, in milliseconds since 1970. */
  readonly at: number
  readonly why: string
}

export type KeptRecord = DrillRecord | RefusedDrill

/** Of each drill so many are kept; the oldest go. */
const KEPT_MAX = 100

/** Where the records of drills lie, and their runbooks. */
export class DrillFolder {
  readonly path: string
  #read: { readonly at: number; readonly records: readonly KeptRecord[] } | undefined

  constructor(runFolder: string) {
    this.path = join(runFolder, 'drills')
  }

  keep(record: KeptRecord): void {
    mkdirSync(this.path, { recursive: true })
    writeFileSync(this.#fileOf(record), jsonText(record))
    for (const old of this.records(record.drill).slice(KEPT_MAX)) rmSync(this.#fileOf(old), { force: true })
  }

  /** Where the runbook lies is handed back. */
  keepRunbook(drill: string, text: string): string {
    mkdirSync(this.path, { recursive: true })
    const file = join(this.path, `${drill}.md`)
    writeFileSync(file, text)
    return file
  }

  /** Newest first, of one drill or all; what is no record is left out. They are read anew when something in the folder is. */
  records(drill?: string): readonly KeptRecord[] {
    const at = statSync(this.path, { throwIfNoEntry: false })?.mtimeMs
    if (at === undefined) return []
    if (this.#read?.at !== at) {
      const names = readdirSync(this.path).filter((name) => name.endsWith('Z.json'))
      const records = names.flatMap((name) => recordIn(join(this.path, name)))
      this.#read = { at, records: records.sort((one, other) => other.at - one.at) }
    }
    const { records } = this.#read
    return drill === undefined ? records : records.filter((record) => record.drill === drill)
  }

  #fileOf({ drill, at }: KeptRecord): string {
    return join(this.path, `${drill}-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}.json`)
  }
}

function recordIn(file: string): KeptRecord[] {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<KeptRecord> | null
    const { drill, at } = record ?? {}
    return typeof drill === 'string' && typeof at === 'number' ? [record as KeptRecord] : []
  } catch {
    return []
  }
}
