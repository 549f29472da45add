import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { observe, type Snapshot } from '@watertight/console'
import type { SystemModel } from '@watertight/manifest'
import type { ControlClient } from '@watertight/supervisor'
import { locateDocument, shownPath } from '../document/load-document.js'
import { requireSystem } from '../document/require-system.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { storeUrl } from '../stores/store-url.js'
import { isMeasured } from '../top/top-rows.js'
import { stopRequests } from '../up/stop-requests.js'
import { describeLoad, type UpLoadOptions, wantedLoad } from '../up/up-load.js'
import { runFolderOf, withRun } from '../up/with-run.js'
import { DrillLoad } from './drill-load.js'
import { cannotDrill, type DrillPlan, drillPlan } from './drill-plan.js'
import { drillRecord, type DrillRecord, recordLines } from './drill-record.js'
import { DrillWatch, obstacle } from './drill-watch.js'
import { runbook } from './runbook.js'
import { strike, unstrike } from './strike.js'

export interface DrillOptions extends UpLoadOptions {
  readonly manifest?: string
  readonly folder?: string
  readonly json?: boolean
}

/** After this much more than the objective allows, it is not waited for recovery any longer. */
const PATIENCE_MS = 30_000
/** What cannot be measured by then is no ground for a drill. */
const CALM_MS = 15_000
const NOTIFY_MS = 5_000

/** Disturbs the running system as a drill of the document says, and measures what comes of it. */
export async function runDrill(name: string, options: DrillOptions, terminal: Terminal): Promise<ExitCode> {
  const { model } = await requireSystem(options.manifest, terminal)
  const plan = drillPlan(name, model)
  const wanted = await wantedLoad(options, model, terminal)
  return withRun(options, terminal, async (run) => {
    const say = (text: string): void => terminal.err.write(`${text}\n`)
    const load =
      wanted === undefined
        ? undefined
        : await DrillLoad.start(wanted, model, run, runFolderOf(options, terminal))
    if (wanted !== undefined) say(`sending ${describeLoad(wanted)}`)
    try {
      const record = await drill(plan, { options, terminal, run, load, model, say })
      const kept = keep(plan, record, model, runFolderOf(options, terminal))
      if (options.json === true) terminal.out.write(jsonText(record))
      else terminal.out.write(`${recordLines(record).join('\n')}\n\nrunbook: ${shownPath(kept, terminal)}\n`)
      return record.ok ? EXIT.ok : EXIT.findings
    } finally {
      await load?.stop()
    }
  })
}

interface Drilling {
  readonly options: DrillOptions
  readonly terminal: Terminal
  readonly run: ControlClient
  readonly load: DrillLoad | undefined
  readonly model: SystemModel
  readonly say: (text: string) => void
}

async function drill(
  plan: DrillPlan,
  { options, terminal, run, load, model, say }: Drilling,
): Promise<DrillRecord> {
  const requests = stopRequests()
  const folder = runFolderOf(options, terminal)
  const observed = {
    manifest: locateDocument(options.manifest, terminal),
    folder,
    ...(model.stores.size === 0 ? {} : { store: () => storeUrl({ ...options, folder }, terminal) }),
  }
  const beganAt = performance.now()
  let watch: DrillWatch | undefined
  let [at, endsAt, given] = [0, Infinity, 0]
  let lost: number | null = null
  const notified = { detected: false, recovered: false }
  try {
    for await (const snapshot of observe(observed, requests.signal)) {
      const now = performance.now()
      if (watch === undefined) {
        const trouble = isMeasured(snapshot)
          ? obstacle(snapshot, plan.target)
          : 'the system has not been measured yet'
        if (trouble !== undefined && now - beganAt > CALM_MS) throw cannotDrill(plan.name, trouble)
        if (trouble !== undefined) continue
        given = givenUp(snapshot) ?? 0
        await strike(plan, run)
        say(`${plan.story}: the fault strikes ${plan.target} for ${plan.forMs / 1_000} s`)
        load?.begin()
        at = Date.now()
        watch = new DrillWatch(plan.target, performance.now())
        endsAt = performance.now() + plan.forMs
        continue
      }
      const before = watch.phase
      if (now >= endsAt) {
        watch.faultEnded(endsAt)
        if (before !== 'recovered') say('the fault has ended')
        endsAt = Infinity
      }
      watch.look(snapshot, now)
      const { phase } = watch
      if (phase !== before && phase !== 'undetected') {
        say(`${phase} ${phase === 'detected' ? `by the breaker of ${watch.detectedBy}` : ''}`.trimEnd())
        if (plan.notify !== undefined) notified[phase] = await notify(plan, phase)
      }
      const all = givenUp(snapshot)
      lost = all === null ? null : Math.max(0, all - given)
      const isOver = now - beganAt > CALM_MS + plan.forMs + plan.recoverMs + PATIENCE_MS
      if (phase === 'recovered' || isOver) break
    }
  } finally {
    requests.close()
    await unstrike(plan.target, run).catch(() => {})
  }
  if (watch === undefined || requests.isAsked) throw cannotDrill(plan.name, 'it was ended before it was over')
  const told = plan.notify === undefined ? null : notified
  return drillRecord(plan, { system: model.name, at, watch, load: load?.total(), lost, notified: told })
}

/** What nobody will try again by itself. */
function givenUp({ sagas, messaging }: Snapshot): number | null {
  if (!sagas.known || !messaging.known) return null
  const failed = sagas.value.filter(({ status }) => status === 'compensation-failed').length
  return failed + messaging.value.deadLetters.length
}

async function notify({ notify: url = '', name, target, story }: DrillPlan, phase: string): Promise<boolean> {
  const body = JSON.stringify({ drill: name, target, story, phase, at: new Date().toISOString() })
  const headers = { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(NOTIFY_MS)
  const answer = await fetch(url, { method: 'POST', body, headers, signal }).catch(() => undefined)
  await answer?.body?.cancel()
  return answer?.ok === true
}

/** Keeps what came of it, and the runbook that follows; where the runbook lies is handed back. */
function keep(plan: DrillPlan, record: DrillRecord, model: SystemModel, folder: string): string {
  const drills = join(folder, 'drills')
  mkdirSync(drills, { recursive: true })
  const when = new Date(record.at).toISOString().replaceAll(/[:.]/g, '-')
  writeFileSync(join(drills, `${plan.name}-${when}.json`), jsonText(record))
  const file = join(drills, `${plan.name}.md`)
  writeFileSync(file, runbook(plan, model, record))
  return file
}
