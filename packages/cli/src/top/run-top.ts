import { observe, type Snapshot } from '@watertight/console'
import { locateDocument } from '../document/load-document.js'
import { profileOf } from '../document/profile-of.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { runFolderOf, withRun } from '../up/with-run.js'
import { stopRequests } from '../up/stop-requests.js'
import { LiveScreen } from './live-screen.js'
import { isMeasured, topRows } from './top-rows.js'
import { topScreen } from './top-screen.js'

export interface TopOptions {
  readonly manifest?: string
  readonly folder?: string
  /** The profiles that the run was started with, divided by commas. */
  readonly profile?: string
  readonly once?: boolean
  readonly json?: boolean
}

/** What cannot be measured by then is reported as it is. */
const MEASURED_MS = 5_000

/** Shows how the services of the run are, each second until somebody has seen enough. */
export async function runTop(options: TopOptions, terminal: Terminal): Promise<ExitCode> {
  const profile = profileOf(options.manifest, options.profile, terminal)
  return await withRun(options, terminal, async () => {
    const observed = {
      ...(profile === undefined ? {} : { profile }),
      manifest: locateDocument(options.manifest, terminal),
      folder: runFolderOf(options, terminal),
    }
    const requests = stopRequests()
    const show = showerOf(options, terminal, requests.ask)
    const startedAt = performance.now()
    try {
      for await (const snapshot of observe(observed, requests.signal)) {
        const isLate = performance.now() - startedAt > MEASURED_MS
        if (show.once && !isLate && !isMeasured(snapshot)) continue
        show.draw(snapshot)
        if (show.once) break
      }
    } finally {
      show.close()
      requests.close()
    }
    return EXIT.ok
  })
}

interface Shower {
  /** Whether one snapshot, of what has been measured, is all that is wanted. */
  readonly once: boolean
  draw(snapshot: Snapshot): void
  close(): void
}

function showerOf({ json = false, once = false }: TopOptions, { out }: Terminal, end: () => void): Shower {
  const close = (): void => {}
  if (json) {
    const draw = (snapshot: Snapshot): void => {
      const { at, system, windowMs } = snapshot
      out.write(
        `${JSON.stringify({ schemaVersion: 1, ok: true, at, system, windowMs, services: topRows(snapshot) })}\n`,
      )
    }
    return { once, draw, close }
  }
  const { colours } = out
  if (once || !out.isTty) {
    const size = { columns: out.columns, lines: Infinity, colours }
    return { once: true, draw: (snapshot) => out.write(`${topScreen(snapshot, size).join('\n')}\n`), close }
  }
  const screen = new LiveScreen()
  let last: Snapshot | undefined
  const draw = (snapshot: Snapshot): void => {
    last = snapshot
    const { columns, lines } = screen
    screen.draw([...topScreen(snapshot, { columns, lines: lines - 2, colours }), '', colours.dim('q ends')])
  }
  const redraw = (): void => {
    if (last !== undefined) draw(last)
  }
  screen.onKey((key) => {
    if (key === 'q' || key === 'Q' || key === '\u0003' || key === '\u0004') end()
  })
  process.stdout.on('resize', redraw)
  return {
    once: false,
    draw,
    close: () => {
      process.stdout.off('resize', redraw)
      screen.close()
    },
  }
}
