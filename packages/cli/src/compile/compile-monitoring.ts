import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compilePrometheus, type ReportEntry } from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import { grafanaDashboard } from '@watertight/telemetry/dashboard'
import { shownPath } from '../document/load-document.js'
import type { LoadedSystem } from '../document/require-system.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { wrongWord } from '../program/wrong-word.js'
import { reportLines, tellReport } from './tell-report.js'

export type MonitoringTarget = 'prometheus' | 'grafana'

interface MonitoringOptions {
  readonly folder: string
  readonly gateway?: boolean
  readonly sidecar?: string
  readonly strict?: boolean
  readonly json?: boolean
}

interface Compiled {
  readonly name: string
  readonly text: string
  readonly report: readonly ReportEntry[]
  /** What is done with the file, for people; `%` stands for it. */
  readonly next: string
}

const targets: { readonly [T in MonitoringTarget]: (model: SystemModel) => Compiled } = {
  prometheus: (model) => {
    const { rules, report } = compilePrometheus(model)
    return { name: 'rules.yaml', text: rules, report, next: 'name % in rule_files of prometheus.yml' }
  },
  grafana: ({ name: system }) => ({
    name: 'dashboard.json',
    text: grafanaDashboard({ system }),
    report: [],
    next: 'import % in Grafana: Dashboards, New, Import',
  }),
}

/** Writes what watches the system: one file, which is for the whole of it. */
export async function compileMonitoring(
  target: MonitoringTarget,
  system: LoadedSystem,
  { folder, gateway, sidecar, strict, json }: MonitoringOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (gateway === true || sidecar !== undefined)
    throw wrongWord(
      `cannot run compile: --gateway and --sidecar are for --target envoy; ${target} watches the whole system`,
    )
  const { name, text, report: entries, next } = targets[target](system.model)
  const report = reportLines(entries, system.source)
  const ok = strict !== true || report.every(({ effect }) => effect !== 'missing')
  const path = join(folder, name)
  const changed = ok && (await writeChanged(path, text))
  const file = ok ? shownPath(path, terminal) : null
  if (json === true) {
    terminal.out.write(jsonText({ schemaVersion: 1, ok, file, changed, report }))
    return ok ? EXIT.ok : EXIT.findings
  }
  tellReport(report, target === 'prometheus' ? 'Prometheus' : 'Grafana', terminal)
  const { out } = terminal
  if (file !== null) {
    out.write(
      changed ? `${out.colours.green('wrote')} ${out.colours.bold(file)}\n` : `${file} is as it was\n`,
    )
    if (changed) out.write(`next: ${next.replace('%', file)}\n`)
  }
  return ok ? EXIT.ok : EXIT.findings
}

/** All of the file at once: Prometheus may read it at any time. */
async function writeChanged(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}.new`
  await writeFile(unfinished, text)
  await rename(unfinished, path)
  return true
}
