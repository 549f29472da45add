import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
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

/** Where the records of drills lie, and their runbooks. */
export class DrillFolder {
  readonly path: string

  constructor(runFolder: string) {
    this.path = join(runFolder, 'drills')
  }

  keep(record: KeptRecord): void {
    mkdirSync(this.path, { recursive: true })
    const when = new Date(record.at).toISOString().replaceAll(/[:.]/g, '-')
    writeFileSync(join(this.path, `${record.drill}-${when}.json`), jsonText(record))
  }

  /** Where the runbook lies is handed back. */
  keepRunbook(drill: string, text: string): string {
    mkdirSync(this.path, { recursive: true })
    const file = join(this.path, `${drill}.md`)
    writeFileSync(file, text)
    return file
  }

  /** Newest first, of one drill or all; what is no record is left out. */
  records(drill?: string): KeptRecord[] {
    let names: string[] = []
    try {
      names = readdirSync(this.path).filter((name) => name.endsWith('Z.json'))
    } catch {
      // Nothing was drilled yet.
    }
    return names
      .flatMap((name) => recordIn(join(this.path, name)))
      .filter((record) => drill === undefined || record.drill === drill)
      .sort((one, other) => other.at - one.at)
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
