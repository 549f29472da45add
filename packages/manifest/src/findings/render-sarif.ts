import { findingKinds } from '../checks/checks.js'
import type { Finding } from './finding.js'
import type { Report } from './report.js'

/** Findings in SARIF 2.1.0, which code scanners read. Silenced ones are there as suppressed results. */
export function renderSarif(report: Report): string {
  const used = new Set([...report.findings, ...report.silenced].map(({ code }) => code))
  const kinds = [...findingKinds.values()].filter(({ code }) => used.has(code))
  const rules = kinds.map(({ code, title, severity }) => ({
    id: code,
    shortDescription: { text: title },
    help: { text: `Why it hurts and how to fix it: watertight explain ${code}` },
    defaultConfiguration: { level: severity },
  }))
  const suppressed = report.silenced.map((finding) => ({
    ...result(finding),
    suppressions: [{ kind: 'inSource', justification: finding.reason }],
  }))
  const run = {
    tool: { driver: { name: 'watertight', rules } },
    columnKind: 'utf16CodeUnits',
    // SARIF wants suppressions on every result or on none (section 3.27.23).
    results: [...report.findings.map((finding) => ({ ...result(finding), suppressions: [] })), ...suppressed],
  }
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2)}\n`
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

function result(finding: Finding): object {
  const { code, severity, message, hint, file, line, column, endLine, endColumn, also } = finding
  const artifactLocation = { uri: uriReference(file) }
  return {
    ruleId: code,
    level: severity,
    message: { text: `${message}. ${hint}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation,
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
      },
    ],
    relatedLocations: also.map((place) => ({
      physicalLocation: {
        artifactLocation: { uri: uriReference(place.file) },
        region: { startLine: place.line, startColumn: place.column },
      },
    })),
  }
}

// A path is no URI reference as it stands: spaces, umlauts and colons are written in percent.
function uriReference(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/')
}
