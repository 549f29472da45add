import type { Snapshot } from '@watertight/console'
import { wrapText } from '@watertight/manifest/tooling'
import type { Colours } from '../program/terminal.js'
import { oneLine } from '../stores/render-table.js'
import { type TopRow, topRows } from './top-rows.js'

export interface Screen {
  readonly columns: number
  readonly lines: number
  readonly colours: Colours
}

interface Column {
  readonly head: string
  readonly isNumber: boolean
  /** Where there is no room for all, those with a higher number go first. */
  readonly rank: number
  cell(row: TopRow): string
}

const COLUMNS: readonly Column[] = [
  { head: '  SERVICE', isNumber: false, rank: 0, cell: ({ name, level }) => `${MARKS[level]}${name}` },
  {
    head: 'READY',
    isNumber: true,
    rank: 4,
    cell: ({ ready, replicas }) => (ready === null ? '-' : `${ready}/${replicas}`),
  },
  { head: 'STATE', isNumber: false, rank: 5, cell: ({ state }) => state ?? '-' },
  {
    head: 'CPU',
    isNumber: true,
    rank: 6,
    cell: ({ cpu }) => shown(cpu, (share) => `${Math.round(share * 100)}%`),
  },
  {
    head: 'MEMORY',
    isNumber: true,
    rank: 8,
    cell: ({ memoryBytes }) => shown(memoryBytes, (bytes) => `${Math.round(bytes / 1_048_576)}M`),
  },
  {
    head: 'RATE',
    isNumber: true,
    rank: 2,
    cell: ({ ratePerSecond }) => shown(ratePerSecond, (rate) => `${rate.toFixed(1)}/s`),
  },
  { head: 'GOOD', isNumber: true, rank: 1, cell: ({ successShare }) => shown(successShare, goodOf) },
  { head: 'P50', isNumber: true, rank: 7, cell: ({ p50Ms }) => shown(p50Ms, duration) },
  { head: 'P99', isNumber: true, rank: 3, cell: ({ p99Ms }) => shown(p99Ms, duration) },
  { head: 'BREAKER', isNumber: false, rank: 2, cell: breakersOf },
]

/** What needs a look is marked for those too who see no colours. */
const MARKS = { ok: '  ', unknown: '  ', warning: '! ', critical: '!!' } as const

/** The lines of a screen: a head, a row a service, and why something is not well. */
export function topScreen(snapshot: Snapshot, { columns, lines, colours }: Screen): string[] {
  const rows = topRows(snapshot)
  const table = tableOf(rows, columns)
  // Of one that nobody can ask, the dashes say it.
  const troubles = rows
    .filter(({ level }) => level === 'warning' || level === 'critical')
    .flatMap(({ name, because }) => because.map((why) => `${name}: ${oneLine(why)}`))
  const head = [colours.bold(cut(headOf(snapshot), columns)), '']
  const run = snapshot.sources.find(({ kind }) => kind === 'supervisor')
  if (run?.state === 'failing')
    head.push(colours.red(cut(`the system cannot be asked: ${run.reason}`, columns)), '')
  const painted = table.map((line, index) => {
    const row = rows[index - 1]
    if (row === undefined) return colours.dim(line)
    return row.level === 'critical'
      ? colours.red(line)
      : row.level === 'warning'
        ? colours.yellow(line)
        : line
  })
  const room = Math.max(3, lines - head.length)
  const said = [...troubles.map((line) => cut(line, columns)), ...untoldIn(snapshot, columns)]
  const all = said.length === 0 ? painted : [...painted, '', ...said]
  if (all.length <= room) return [...head, ...all]
  return [...head, ...all.slice(0, room - 1), colours.dim(`... and ${all.length - room + 1} lines more`)]
}

/** What those who measure do not tell, each once. */
function untoldIn({ edges }: Snapshot, columns: number): string[] {
  const notes = edges.flatMap(({ from, signals }) =>
    signals.known && signals.value.notTold !== null ? `${from}: ${signals.value.notTold}` : [],
  )
  return [...new Set(notes)].flatMap((note) => wrapText(note, columns))
}

function headOf({ system, at, windowMs, services }: Snapshot): string {
  const unwell = services.filter(({ level }) => level === 'critical' || level === 'warning').length
  const time = new Date(at).toTimeString().slice(0, 8)
  const state = unwell === 0 ? 'nothing in trouble' : `${unwell} of ${services.length} in trouble`
  return `${system}  ${time}  last ${windowMs / 1_000} s  ${state}`
}

/** Columns that have no room are left out whole; a number that is cut would be another number. */
function tableOf(rows: readonly TopRow[], width: number): string[] {
  const texts = COLUMNS.map((column) => {
    const cells = [column.head, ...rows.map((row) => oneLine(column.cell(row)))]
    const widest = Math.max(...cells.map(({ length }) => length))
    return {
      ...column,
      widest,
      cells: cells.map((cell) => (column.isNumber ? cell.padStart(widest) : cell.padEnd(widest))),
    }
  })
  const needs = (columns: typeof texts): number => columns.reduce((sum, { widest }) => sum + widest + 2, -2)
  let kept = texts
  while (kept.length > 2 && needs(kept) > width) {
    const last = Math.max(...kept.map(({ rank }) => rank))
    kept = kept.filter(({ rank }) => rank !== last)
  }
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    cut(
      kept
        .map(({ cells }) => cells[line])
        .join('  ')
        .trimEnd(),
      width,
    ),
  )
}

/** `closed`, or those that are not: `open from order`. */
function breakersOf({ breakers }: TopRow): string {
  const [first] = breakers
  if (first === undefined) return '-'
  const unusual = breakers.filter(({ state }) => state !== 'closed')
  if (unusual.length === 0) return 'closed'
  return unusual.map(({ from, state }) => `${state} from ${from}`).join(', ')
}

function shown(value: number | null, text: (value: number) => string): string {
  return value === null ? '-' : text(value)
}

/** 99.99% must not look like all. */
function goodOf(share: number): string {
  return share === 1 ? '100%' : `${(Math.floor(share * 1_000) / 10).toFixed(1)}%`
}

function duration(ms: number): string {
  if (ms >= 10_000) return `${Math.round(ms / 1_000)}s`
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)}s` : ms >= 10 ? `${Math.round(ms)}ms` : `${ms.toFixed(1)}ms`
}

function cut(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line
}
