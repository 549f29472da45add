import type { Report } from './report.js'

/** The report as JSON with a stable shape; `schemaVersion` changes when a field changes its meaning. */
export function renderJson(report: Report): string {
  const { ok, findings, silenced, score } = report
  return `${JSON.stringify({ schemaVersion: 1, ok, findings, silenced, score: score ?? null }, null, 2)}\n`
}
