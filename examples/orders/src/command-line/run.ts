import { setTimeout as sleep } from 'node:timers/promises'
import { settleBooks } from '../audit/settle.js'
import type { Measurements } from '../load/measurements.js'
import { proxyNames } from '../services/names.js'
import { busyMachine } from '../status/busy-machine.js'
import { statusBlock, statusLine, type StatusView } from '../status/status-block.js'
import { StatusWatch } from '../status/status-watch.js'
import type { RunResult } from '../status/summary.js'
import { CanaryShare, wantedShare } from '../status/canary-share.js'
import { proxyFigures } from '../status/proxy-figures.js'
import type { ServiceStatus, SystemStatus } from '../status/system-status.js'
import { timeShares, type TimeShares } from '../status/time-shares.js'
import type { System } from '../system/system.js'
import type { RunOptions } from './run-options.js'
import { warmUp } from './warm-up.js'

const REDRAW_MS = 500
const PLAIN_EVERY_MS = 5_000
/** What the live figures are about, as those of the checkouts are. */
const RECENT_MS = 10_000
/** What has waited for payment is tried again within a quarter of a minute. */
const SETTLE_MS = 60_000

/** Sends load and shows the status until it is time to stop; then drains, audits, and tells what came of it. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { system, wanted, screen, stop } = options
  const watch = watchOf(system)
  watch.start()
  const load = wanted.load ? await warmUp(options) : undefined
  const startedAt = performance.now()
  const end = new AbortController()
  const timer =
    wanted.seconds === undefined ? undefined : setTimeout(() => end.abort(), wanted.seconds * 1_000)
  stop.addEventListener('abort', () => end.abort(), { once: true })
  if (stop.aborted) end.abort()
  const shares = await showStatus(options, watch, load?.measurements, end.signal)
  clearTimeout(timer)
  watch.stop()

  const seconds = (performance.now() - startedAt) / 1_000
  screen.show([])
  if (!wanted.json) screen.say('Stopping: no new checkouts, finishing what is under way ...')
  await Promise.all([load?.stop(), options.drills.close()])
  // A fault would only keep the compensations from ending.
  await system.clearFaults()
  const { books, findings } = await settleBooks(system, load?.acknowledged ?? [], SETTLE_MS, load?.accepted)
  const { restarts, availability } = system
  await system.stop()
  const result = { seconds, restarts, availability, shares, books, findings }
  return load === undefined ? result : { ...result, load: load.measurements.snapshot().overall }
}

function watchOf(system: System): StatusWatch {
  const running = proxyNames.filter((name) => system.names.includes(name))
  return new StatusWatch(
    {
      service: (name, limitMs) => system.get<ServiceStatus>(name, '/internal/status', limitMs),
      proxy: async (name, limitMs) => {
        const text = await system.text(name, '/stats/prometheus', limitMs)
        return { ...proxyFigures(text), pid: system.pid(name) ?? 0 }
      },
    },
    running,
  )
}

/** Returns where the time of checkouts went. */
async function showStatus(
  { system, wanted, screen, colors }: RunOptions,
  watch: StatusWatch,
  measurements: Measurements | undefined,
  end: AbortSignal,
): Promise<TimeShares | undefined> {
  const startedAt = performance.now()
  const pause = screen.isLive ? REDRAW_MS : PLAIN_EVERY_MS
  // The checkouts of the warm-up were slower, and are left out.
  const before = watch.current()
  const recent: SystemStatus[] = []
  const canary = new CanaryShare()
  for (;;) {
    await sleep(pause, undefined, { signal: end }).catch(() => {})
    const status = watch.current()
    if (end.aborted) return timeShares(status, before)
    recent.push(status)
    if (recent.length > RECENT_MS / pause) recent.shift()
    const view: StatusView = {
      seconds: (performance.now() - startedAt) / 1_000,
      ...(measurements === undefined ? {} : { load: measurements.snapshot() }),
      system: status,
      shares: timeShares(status, recent[0]),
      canary: canary.look(status, wantedShare(system.model)),
      availability: system.availability,
      restarts: system.restarts,
      hangs: system.hangs,
      busy: busyMachine(),
    }
    if (screen.isLive) screen.show(statusBlock(view, colors))
    else if (!wanted.json) screen.say(statusLine(view))
  }
}
