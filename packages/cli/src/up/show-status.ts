import type { ProgramStatus, RunStatus } from '@watertight/supervisor'
import { jsonText } from '../program/command-runner.js'
import { enginePages } from '../engines/engine-pages.js'
import type { Terminal } from '../program/terminal.js'

/** The table of all programs, or the same as JSON. */
export function showStatus({ gateway, programs }: RunStatus, json: boolean, terminal: Terminal): void {
  if (json) {
    const ok = programs.every(({ state }) => state === 'ready')
    terminal.out.write(jsonText({ schemaVersion: 1, ok, gateway, programs }))
    return
  }
  const rows = [['PROGRAM', 'STATE', 'PORT', 'PROCESS', 'UP', 'RESTARTS'], ...programs.map(row)]
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  )
  for (const [index, cells] of rows.entries()) {
    const line = cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
    terminal.out.write(
      `${index === 0 ? terminal.out.colours.dim(line) : coloured(line, programs[index - 1], terminal)}\n`,
    )
  }
  const places = [...(gateway === null ? [] : [['gateway', gateway]]), ...enginePages(programs)]
  if (places.length > 0) terminal.out.write(`\n${places.map(([name, url]) => `${name}: ${url}\n`).join('')}`)
}

function row({ name, state, port, pid, upForMs, restarts }: ProgramStatus): string[] {
  return [name, state, String(port), pid === null ? '-' : String(pid), age(upForMs), String(restarts)]
}

function coloured(line: string, program: ProgramStatus | undefined, { out: { colours } }: Terminal): string {
  if (program === undefined || program.state === 'ready') return line
  return program.state === 'crash-loop' ? colours.red(line) : colours.yellow(line)
}

function age(ms: number | null): string {
  if (ms === null) return '-'
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m${seconds % 60}s`
  return `${Math.floor(minutes / 60)}h${minutes % 60}m`
}
