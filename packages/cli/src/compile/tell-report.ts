import type { ReportEntry } from '@watertight/deploy'
import { formatOrigin, type ManifestSource } from '@watertight/manifest/tooling'
import { plural } from '../program/command-runner.js'
import type { Terminal } from '../program/terminal.js'

/** A part of the document that is not carried out as it is written, for people. */
export interface ReportLine {
  readonly place: string
  readonly key: string
  readonly effect: 'missing' | 'differs'
  readonly reason: string
  readonly instead: string
}

/** The places of a report as lines of the document. */
export function reportLines(report: readonly ReportEntry[], source: ManifestSource): readonly ReportLine[] {
  return report.map(({ path, key, effect, reason, instead }) => ({
    place: formatOrigin({ kind: 'document', path }, source),
    key,
    effect,
    reason,
    instead,
  }))
}

// On standard error: whoever reads only that the files are written must still see it.
export function tellReport(report: readonly ReportLine[], target: string, { err }: Terminal): void {
  const { colours } = err
  for (const effect of ['missing', 'differs'] as const) {
    const own = report.filter((line) => line.effect === effect)
    if (own.length === 0) continue
    const says = effect === 'missing' ? `not carried out by ${target}` : `carried out otherwise by ${target}`
    err.write(
      `${(effect === 'missing' ? colours.red : colours.yellow)(`${plural(own.length, 'setting')} ${says}`)}\n`,
    )
    for (const { place, key, reason, instead } of own) {
      err.write(`  ${colours.dim(place)} ${colours.bold(key)}: ${reason}\n    ${instead}\n`)
    }
  }
}
