import type { DocumentPath } from '@watertight/manifest/tooling'

/** A part of the document that a target does not carry out as it is written. */
export interface ReportEntry {
  /** Where it stands in the document. */
  readonly path: DocumentPath
  /** The key as people name it, such as `breaker.failureRate`. */
  readonly key: string
  /** `missing`: nothing of it happens. `differs`: it happens, and not quite so. */
  readonly effect: 'missing' | 'differs'
  readonly reason: string
  /** What to do about it. */
  readonly instead: string
}

/** Collects what a target does not carry out; the same thing twice counts once. */
export class DeployReport {
  readonly #entries: Map<string, ReportEntry> = new Map()

  add(entry: ReportEntry): void {
    this.#entries.set(JSON.stringify([entry.path, entry.key, entry.reason]), entry)
  }

  /** What is missing first, in the order of the document. */
  get entries(): readonly ReportEntry[] {
    const all = [...this.#entries.values()]
    return [...all.filter(isMissing), ...all.filter((entry) => !isMissing(entry))]
  }
}

function isMissing({ effect }: ReportEntry): boolean {
  return effect === 'missing'
}
