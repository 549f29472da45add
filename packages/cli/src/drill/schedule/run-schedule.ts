import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ControlClient } from '@watertight/supervisor'
import { watchManifest } from '@watertight/manifest'
import { locateDocument } from '../../document/load-document.js'
import { profileOf } from '../../document/profile-of.js'
import { requireSystem } from '../../document/require-system.js'
import { EXIT, type ExitCode } from '../../program/exit-code.js'
import type { Terminal } from '../../program/terminal.js'
import { stopRequests } from '../../up/stop-requests.js'
import { type RunCommandOptions, runFolderOf, withRun } from '../../up/with-run.js'
import { DrillSchedule } from './drill-schedule.js'
import { startDrill } from './start-drill.js'
import { untilRunEnded } from './until-run-ended.js'

/** Runs each drill of the document by its `every`, for as long as the system runs, whoever has started that. */
export async function runSchedule(options: RunCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const file = locateDocument(options.manifest, terminal)
  const profile = profileOf(options.manifest, options.profile, terminal)
  let { model } = await requireSystem(options.manifest, terminal, profile)
  return await withRun(options, terminal, async (run) => {
    const folder = runFolderOf(options, terminal)
    const requests = stopRequests()
    const watch = watchManifest(file, {
      text: readFileSync(file, 'utf8'),
      profile,
      onChange: (changed) => (model = changed),
      // Whoever runs the system says what is wrong with it; what was in force stays.
      onRefused: () => {},
    })
    const schedule = new DrillSchedule({
      model: () => model,
      runFolder: folder,
      start: (drill, say) => startDrill(drill, { file, folder, profile: options.profile }, say),
      tell: (event) => terminal.out.write(`${options.json === true ? JSON.stringify(event) : event.text}\n`),
      now: () => Date.now(),
    })
    const { signal } = requests
    const pause = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal }).catch(() => {})
    await untilRunEnded({ run, find: () => ControlClient.find(folder), pause, signal })
    watch.close()
    await schedule.close()
    requests.close()
    return EXIT.ok
  })
}
