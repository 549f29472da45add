import { dirname, join } from 'node:path'
import type { ObserveOptions } from '@watertight/console'
import { type ControlClient, RunFolder } from '@watertight/supervisor'
import type { SystemModel } from '@watertight/manifest'
import { locateDocument, shownPath } from '../document/load-document.js'
import { profileOf } from '../document/profile-of.js'
import { requireSystem } from '../document/require-system.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { gatewayAuthority, processUrls } from '../up/load-target.js'
import { stopRequests } from '../up/stop-requests.js'
import { describeLoad, type UpLoadOptions, type WantedLoad, wantedLoad } from '../up/up-load.js'
import { runFolderOf, withRun } from '../up/with-run.js'
import { BacklogWatch } from './backlog-watch.js'
import { ConductedDrill } from './conducted-drill.js'
import { DrillFolder } from './drill-folder.js'
import { DrillLoad } from './drill-load.js'
import { takeDrillLock } from './drill-lock.js'
import { type DrillPlan, drillPlan } from './drill-plan.js'
import { drillRecord, type DrillRecord } from './drill-record.js'
import { recordLines } from './record-lines.js'
import type { ShellPlace } from './run-shell.js'
import { runbook } from './runbook.js'
import { disturbanceOf } from './disturbance-of.js'
import { verify } from './verify.js'
import { WatchedPlace } from './watched-place.js'

export interface DrillOptions extends UpLoadOptions {
  readonly manifest?: string
  readonly folder?: string
  /** The profiles that the run was started with, divided by commas. */
  readonly profile?: string
  /** By the document's schedule, and not by hand. */
  readonly scheduled?: boolean
  readonly json?: boolean
}

/** Disturbs the running system as a drill of the document says, and measures what comes of it. */
export async function runDrill(name: string, options: DrillOptions, terminal: Terminal): Promise<ExitCode> {
  const profile = profileOf(options.manifest, options.profile, terminal)
  const { model } = await requireSystem(options.manifest, terminal, profile)
  const plan = drillPlan(name, model)
  const wanted = await loadOf(plan, options, model, terminal)
  const observed = {
    ...(profile === undefined ? {} : { profile }),
    manifest: locateDocument(options.manifest, terminal),
  }
  return withRun(options, terminal, async (run) => {
    const folder = runFolderOf(options, terminal)
    const lock = await takeDrillLock(folder, name)
    try {
      const record = await drill({ plan, options, observed, terminal, run, model, wanted, folder })
      const drills = new DrillFolder(folder)
      drills.keep(record)
      const kept = drills.keepRunbook(name, runbook(plan, model, record))
      if (options.json === true) terminal.out.write(jsonText(record))
      else terminal.out.write(`${recordLines(record).join('\n')}\n\nrunbook: ${shownPath(kept, terminal)}\n`)
      return record.ok ? EXIT.ok : EXIT.findings
    } finally {
      await lock.release()
    }
  })
}

/** What the command line says goes before what the document says, whose files lie beside it. */
async function loadOf(
  { load }: DrillPlan,
  options: DrillOptions,
  model: SystemModel,
  terminal: Terminal,
): Promise<WantedLoad | undefined> {
  if (options.load !== undefined || load === undefined) return await wantedLoad(options, model, terminal)
  if (options.loadRequest !== undefined)
    return await wantedLoad({ load: load.rate, loadRequest: options.loadRequest }, model, terminal)
  const cwd = dirname(locateDocument(options.manifest, terminal))
  const { rate, requests = [] } = load
  return await wantedLoad({ load: rate, loadRequest: requests }, model, { ...terminal, cwd })
}

interface Drilling {
  readonly plan: DrillPlan
  readonly options: DrillOptions
  readonly observed: Pick<ObserveOptions, 'manifest' | 'profile'>
  readonly terminal: Terminal
  readonly run: ControlClient
  readonly model: SystemModel
  readonly wanted: WantedLoad | undefined
  readonly folder: string
}

async function drill(drilling: Drilling): Promise<DrillRecord> {
  const { plan, options, observed, terminal, run, model, wanted, folder } = drilling
  const say = (text: string): void => terminal.err.write(`${text}\n`)
  const requests = stopRequests()
  const acknowledged = join(folder, 'drills', `${plan.name}.acknowledged.jsonl`)
  const place = shellPlace(drilling, acknowledged, say)
  const authority = gatewayAuthority(model, new RunFolder(folder).authority)
  if (wanted !== undefined) say(`sending ${describeLoad(wanted)}`)
  const load =
    wanted === undefined
      ? undefined
      : await DrillLoad.start({
          wanted,
          run,
          target: { authority },
          acknowledged: plan.verify === undefined ? undefined : acknowledged,
        })
  const backlog = await BacklogWatch.open({ ...options, folder }, model, terminal)
  const watched = watchedPlace(plan, run)
  try {
    const outcome = await new ConductedDrill(plan, {
      observed: { ...observed, folder },
      disturbance: disturbanceOf(plan, run, place),
      backlog,
      place: watched,
      load,
      requests,
      isThere: () => run.isAlive,
      say,
    }).run()
    const report = await load?.stop()
    return drillRecord(plan, model, {
      ...outcome,
      scheduled: options.scheduled === true,
      load: load === undefined || report === undefined ? undefined : { report, outageMs: load.outageMs },
      verified: plan.verify === undefined ? null : await verify(plan.verify, place),
    })
  } finally {
    requests.close()
    await Promise.all([load?.stop(), watched?.close(), backlog.close()])
  }
}

/** Commands of a drill run in the folder of the document, and are told what they may need. */
function shellPlace(
  { plan, options, terminal, folder }: Drilling,
  acknowledged: string,
  say: (text: string) => void,
): ShellPlace {
  return {
    cwd: dirname(locateDocument(options.manifest, terminal)),
    env: {
      ...terminal.env,
      WATERTIGHT_DRILL: plan.name,
      WATERTIGHT_MANIFEST: new RunFolder(folder).documentFor(undefined),
      WATERTIGHT_ACKNOWLEDGED: acknowledged,
    },
    onLine: (line) => say(`  ${line}`),
  }
}

function watchedPlace({ watch, target = '' }: DrillPlan, run: ControlClient): WatchedPlace | undefined {
  if (watch === undefined) return undefined
  if (!watch.startsWith('/')) return new WatchedPlace(watch, async () => [watch])
  return new WatchedPlace(`${target}${watch}`, async () => {
    const urls = processUrls(target, (await run.status()).programs)
    if (urls.length === 0) throw new Error('it has no process')
    return urls.map((url) => url + watch)
  })
}
