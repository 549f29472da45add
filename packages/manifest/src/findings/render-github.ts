import type { Report } from './report.js'

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const

/** Findings as workflow commands, which a GitHub job turns into annotations of the changed lines. */
export function renderGithub(report: Report): string {
  const lines = report.findings.map(
    ({ severity, file, line, column, endLine, endColumn, code, message, hint }) => {
      const range = `file=${property(file)},line=${line},col=${column},endLine=${endLine},endColumn=${endColumn}`
      return `::${COMMANDS[severity]} ${range},title=${property(code)}::${data(`${message} (${hint})`)}\n`
    },
  )
  return lines.join('')
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
