import { setTimeout as sleep } from 'node:timers/promises'
import { settleBooks } from '../audit/settle.js'
import { Load } from '../load/load.js'
import { Measurements } from '../load/measurements.js'
import type { Colors } from '../status/colors.js'
import type { Screen } from '../status/screen.js'
import { statusBlock, statusLine } from '../status/status-block.js'
import type { RunResult } from '../status/summary.js'
import { systemStatus } from '../status/system-status.js'
import type { System } from '../supervisor/system.js'
import type { Arguments } from './arguments.js'

const REDRAW_MS = 500
const PLAIN_EVERY_MS = 5_000
const SETTLE_MS = 30_000

export interface RunOptions {
  readonly system: System
  readonly wanted: Arguments
  readonly screen: Screen
  readonly colors: Colors
  /** Ends the run early. */
  readonly stop: AbortSignal
}

/** Sends load and shows the status until it is time to stop; then drains, audits, and tells what came of it. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { system, wanted, screen, stop } = options
  const startedAt = performance.now()
  const measurements = new Measurements()
  const load = wanted.load
    ? new Load({ gatewayUrl: system.url('gateway'), rate: wanted.rate, measurements })
    : undefined

  const end = new AbortController()
  const timer =
    wanted.seconds === undefined ? undefined : setTimeout(() => end.abort(), wanted.seconds * 1_000)
  stop.addEventListener('abort', () => end.abort(), { once: true })
  if (stop.aborted) end.abort()
  await showStatus(options, load === undefined ? undefined : measurements, end.signal)
  clearTimeout(timer)

  const seconds = (performance.now() - startedAt) / 1_000
  screen.show([])
  if (!wanted.json) screen.say('Stopping: no new checkouts, finishing what is under way ...')
  await load?.stop()
  // A fault would only keep the compensations from ending.
  await system.clearFaults()
  const { books, findings } = await settleBooks(system, load?.acknowledged ?? [], SETTLE_MS)
  const { restarts } = system
  await system.stop()
  const result = { seconds, restarts, books, findings }
  return load === undefined ? result : { ...result, load: measurements.snapshot().overall }
}

async function showStatus(
  { system, wanted, screen, colors }: RunOptions,
  measurements: Measurements | undefined,
  end: AbortSignal,
): Promise<void> {
  const startedAt = performance.now()
  const pause = screen.isLive ? REDRAW_MS : PLAIN_EVERY_MS
  for (;;) {
    await sleep(pause, undefined, { signal: end }).catch(() => {})
    if (end.aborted) return
    const view = {
      seconds: (performance.now() - startedAt) / 1_000,
      ...(measurements === undefined ? {} : { load: measurements.snapshot() }),
      system: await systemStatus(system),
      restarts: system.restarts,
      hangs: system.hangs,
    }
    if (screen.isLive) screen.show(statusBlock(view, colors))
    else if (!wanted.json) screen.say(statusLine(view))
  }
}
