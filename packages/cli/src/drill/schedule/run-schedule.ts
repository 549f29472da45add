import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ControlClient } from '@watertight/supervisor'
import { watchManifest } from '@watertight/manifest'
import { locateDocument } from '../../document/load-document.js'
import { requireSystem } from '../../document/require-system.js'
import { EXIT, type ExitCode } from '../../program/exit-code.js'
import type { Terminal } from '../../program/terminal.js'
import { stopRequests } from '../../up/stop-requests.js'
import { type RunCommandOptions, runFolderOf, withRun } from '../../up/with-run.js'
import { DrillSchedule } from './drill-schedule.js'
import { startDrill } from './start-drill.js'

/** How often it looks whether the system still runs. */
const LOOK_MS = 2_000
/** One that is too busy to answer still runs: it is gone when it has not answered so many times. */
const MISSES_MAX = 5

/** Runs each drill of the document by its `every`, for as long as the system runs, whoever has started that. */
export async function runSchedule(options: RunCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const file = locateDocument(options.manifest, terminal)
  let { model } = await requireSystem(options.manifest, terminal)
  return await withRun(options, terminal, async () => {
    const folder = runFolderOf(options, terminal)
    const requests = stopRequests()
    const watch = watchManifest(file, {
      text: readFileSync(file, 'utf8'),
      onChange: (changed) => (model = changed),
      // Whoever runs the system says what is wrong with it; what was in force stays.
      onRefused: () => {},
    })
    const schedule = new DrillSchedule({
      model: () => model,
      runFolder: folder,
      start: (drill, say) => startDrill(drill, { file, folder }, say),
      tell: (event) => terminal.out.write(`${options.json === true ? JSON.stringify(event) : event.text}\n`),
      now: () => Date.now(),
    })
    for (let misses = 0; misses < MISSES_MAX && !requests.isAsked;) {
      misses = (await ControlClient.find(folder)) === undefined ? misses + 1 : 0
      await sleep(LOOK_MS, undefined, { signal: requests.signal }).catch(() => {})
    }
    watch.close()
    await schedule.close()
    requests.close()
    return EXIT.ok
  })
}
