import { setTimeout as sleep } from 'node:timers/promises'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Colours, Terminal } from '../program/terminal.js'
import { wrongWord } from '../program/wrong-word.js'
import { oneLine } from '../stores/render-table.js'
import { stopRequests } from '../up/stop-requests.js'
import { withRun } from '../up/with-run.js'
import { tapFilter, type TapFilterOptions } from './tap-filter.js'
import { type SeenRequest, TapSource } from './tap-source.js'

export interface TapOptions extends TapFilterOptions {
  readonly manifest?: string
  readonly folder?: string
  /** The profiles that the run was started with, divided by commas. */
  readonly profile?: string
  /** End after so many. */
  readonly max?: string
  readonly json?: boolean
}

const LOOK_MS = 250

/** Shows the requests that pass a service, as they pass. */
export function runTap(service: string, options: TapOptions, terminal: Terminal): Promise<ExitCode> {
  const isWanted = tapFilter(options)
  let left = maxOf(options.max)
  const { out, err } = terminal
  return withRun(options, terminal, async (run) => {
    const requests = stopRequests()
    const source = new TapSource(run, service)
    try {
      while (!requests.isAsked && left > 0) {
        const { requests: seen, dropped } = await source.look()
        const shown = seen.filter(isWanted).slice(0, left)
        left -= shown.length
        for (const request of shown)
          out.write(
            options.json === true ? `${JSON.stringify(request)}\n` : `${tapLine(request, out.colours)}\n`,
          )
        if (dropped > 0 && options.json === true) out.write(`${JSON.stringify({ dropped })}\n`)
        else if (dropped > 0) err.write(`${dropped} more requests have passed than could be shown\n`)
        if (left > 0) await Promise.race([sleep(LOOK_MS), requests.first])
      }
    } finally {
      requests.close()
    }
    return EXIT.ok
  })
}

function maxOf(text: string | undefined): number {
  if (text === undefined) return Infinity
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw wrongWord(`cannot tap: --max must be an integer >= 1, got ${text}`)
}

/** `12:03:04.567  in   POST /orders  201  12.3 ms  127.0.0.1 > order  order-sidecar` */
export function tapLine(request: SeenRequest, colours: Colours): string {
  const { at, direction, method, path, status, durationMs, from, to, attempts, flags, traceId, program } =
    request
  const time = new Date(at)
  const clock = `${time.toTimeString().slice(0, 8)}.${String(time.getMilliseconds()).padStart(3, '0')}`
  const paint = status === 0 || status >= 500 ? colours.red : status >= 400 ? colours.yellow : colours.green
  return [
    colours.dim(clock),
    direction.padEnd(3),
    oneLine(`${method} ${path}`),
    paint(status === 0 ? 'left' : String(status)),
    `${durationMs} ms`,
    `${oneLine(from)} > ${to === '' ? '-' : to}`,
    program,
    ...(attempts > 1 ? [`${attempts} tries`] : []),
    ...(flags === '' ? [] : [colours.yellow(flags)]),
    ...(traceId === null ? [] : [colours.dim(`trace ${traceId}`)]),
  ].join('  ')
}
