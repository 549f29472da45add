import { profileOf } from '../document/profile-of.js'
import { requireSystem } from '../document/require-system.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { oneLine, renderTable } from '../stores/render-table.js'
import { runFolderOf } from '../up/with-run.js'
import { DrillFolder, type KeptRecord } from './drill-folder.js'
import { cannotDrill, drillPlan, isRunnable } from './drill-plan.js'
import type { DrillOptions } from './run-drill.js'
import { timeText } from './schedule/drill-schedule.js'
import { drillTimes, SeenDrills } from './schedule/drill-times.js'
import { nextDue } from './schedule/next-due.js'

/** Tells the drills of the document, or one of them, what came of each last, and when it is due. */
export async function listDrills(
  name: string | undefined,
  options: DrillOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const profile = profileOf(options.manifest, options.profile, terminal)
  const { model } = await requireSystem(options.manifest, terminal, profile)
  const folder = runFolderOf(options, terminal)
  const records = new DrillFolder(folder).records()
  const due = new Map(
    drillTimes(model, new SeenDrills(folder).read(), records).map((times) => [times.name, nextDue(times)]),
  )
  const all = Object.entries(model.document.drills ?? {})
  if (name !== undefined && !all.some(([drill]) => drill === name)) drillPlan(name, model)
  const shown = all.filter(([drill]) => name === undefined || drill === name)
  const drills = shown.map(([drill, document]) => ({
    drill,
    story: document.story,
    every: document.every,
    runnable: isRunnable(document),
    last: records.find((record) => record.drill === drill) ?? null,
    dueAt: due.get(drill) ?? null,
  }))
  if (options.json === true) terminal.out.write(jsonText({ schemaVersion: 1, kind: 'list', drills }))
  else if (drills.length === 0) terminal.out.write('the document has no drills\n')
  else {
    const rows = drills.map(({ drill, every, runnable, last, dueAt, story }) => [
      drill,
      every,
      last === null ? '-' : `${timeText(last.at)} ${resultOf(last)}`,
      runnable ? (dueAt === null ? 'not scheduled yet' : timeText(dueAt)) : 'by people',
      oneLine(story),
    ])
    terminal.out.write(
      renderTable([['DRILL', 'EVERY', 'LAST', 'DUE', 'STORY'], ...rows], terminal.out.columns),
    )
  }
  return EXIT.ok
}

/** Tells what is kept of former drills, of one or of all, newest first. */
export async function tellHistory(
  name: string | undefined,
  options: DrillOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const records = new DrillFolder(runFolderOf(options, terminal)).records(name)
  if (options.json === true) terminal.out.write(jsonText({ schemaVersion: 1, kind: 'history', records }))
  else if (records.length === 0 && name !== undefined) throw cannotDrill(name, 'nothing is kept of it')
  else {
    const rows = records.map((record) => [
      timeText(record.at),
      record.drill,
      record.scheduled ? 'by schedule' : 'by hand',
      resultOf(record),
      oneLine(record.kind === 'drill' ? figuresOf(record) : record.why),
    ])
    terminal.out.write(
      renderTable([['AT', 'DRILL', 'HOW', 'RESULT', 'FIGURES'], ...rows], terminal.out.columns),
    )
  }
  return EXIT.ok
}

function resultOf(record: KeptRecord): string {
  return record.kind === 'drill' ? (record.ok ? 'ok' : 'failed') : record.kind
}

function figuresOf({
  detected,
  recovered,
  requests,
  lost,
  verified,
}: Extract<KeptRecord, { kind: 'drill' }>): string {
  const after = (ms: number | null): string => (ms === null ? 'never' : `${(ms / 1_000).toFixed(1)} s`)
  return [
    `detected ${after(detected.afterMs)}`,
    `recovered ${after(recovered.afterMs)}`,
    ...(requests === null ? [] : [`${requests.failed} of ${requests.requests} failed`]),
    ...(lost === null ? [] : [`${lost + (verified?.lost ?? 0)} lost`]),
  ].join(', ')
}
