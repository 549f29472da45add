import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { checkManifest } from '@watertight/manifest'
import { CommandError } from '../program/command-error.js'
import { jsonText, plural } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { orderCalls } from './call-order.js'
import { type FlagOptions, sketchFromFlags } from './flags.js'
import { renderManifest, unusedText } from './render-manifest.js'
import { manifestName, type SystemSketch } from './system-sketch.js'
import { writeWhole } from './write-whole.js'

export interface InitOptions extends FlagOptions {
  readonly from?: readonly string[]
  readonly profile?: readonly string[]
  readonly output: string
  readonly force?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** Writes a manifest, from questions, flags or files. */
export async function runInit(options: InitOptions, terminal: Terminal): Promise<ExitCode> {
  const path = resolve(terminal.cwd, options.output)
  if (options.dryRun !== true) refuseToReplace(path, options)
  const sketch = await sketchSystem(options, terminal)
  // Cancelled: the questions have said so.
  if (sketch === undefined) return EXIT.usage
  const text = renderManifest(sketch, editorSchema(terminal.cwd))
  if (options.dryRun === true && options.json !== true) {
    terminal.out.write(text)
    return EXIT.ok
  }
  if (options.dryRun !== true) await writeWhole(path, text, options.force === true)
  report(sketch, text, options, terminal)
  return EXIT.ok
}

function refuseToReplace(path: string, { output, force }: InitOptions): void {
  if (force === true || !existsSync(path)) return
  throw new CommandError(`cannot write ${output}: it is there already`, {
    code: 'WT_FILE_EXISTS',
    exitCode: EXIT.usage,
    hint: '--force replaces it; --output FILE writes another; --dry-run prints',
  })
}

async function sketchSystem(options: InitOptions, terminal: Terminal): Promise<SystemSketch | undefined> {
  const folderName = manifestName(basename(terminal.cwd))
  if (options.from !== undefined) {
    const { sketchFromFiles } = await import('./sources/sketch-from-files.js')
    const { from, profile = [] } = options
    const sketch = await sketchFromFiles({ given: from, folderName, profiles: profile }, terminal)
    return options.system === undefined ? sketch : { ...sketch, system: manifestName(options.system) }
  }
  const isAsked = options.system ?? options.service ?? options.call ?? options.run
  const mayAsk = terminal.in.isTty && terminal.out.isTty && options.yes !== true && options.json !== true
  if (isAsked !== undefined || !mayAsk) return sketchFromFlags(options, folderName)
  const { askForSystem } = await import('./ask-for-system.js')
  return await askForSystem(folderName)
}

// An editor completes and checks while one types, if it finds the schema: that of this package, which every package
// manager puts there for those who install it, or that of the library.
function editorSchema(cwd: string): { readonly schema?: string } {
  const folders = ['node_modules/watertight', 'node_modules/@watertight/manifest']
  const schema = folders
    .map((folder) => `${folder}/manifest.schema.json`)
    .find((path) => existsSync(join(cwd, path)))
  return schema === undefined ? {} : { schema: `./${schema}` }
}

function report(sketch: SystemSketch, text: string, options: InitOptions, { out }: Terminal): void {
  const { findings, ok } = checkManifest(text, { file: options.output })
  const order = orderCalls(sketch)
  const calls = sketch.services.reduce((sum, { name }) => sum + order.callees(name).length, 0)
  const services = sketch.services.length
  if (options.json === true) {
    const file = options.dryRun === true ? null : options.output
    const counts = { services, calls, findings: findings.length }
    const { system, notes, unused = [] } = sketch
    out.write(jsonText({ schemaVersion: 1, ok, file, system, ...counts, notes, unused, manifest: text }))
    return
  }
  const { colours } = out
  out.write(
    `${colours.green('wrote')} ${colours.bold(options.output)}: ${plural(services, 'service')}, ${plural(calls, 'call')}\n`,
  )
  for (const note of sketch.notes) {
    out.write(`  ${/^(NO|ONLY \d+) CALLS?\b/.test(note) ? colours.bold(colours.yellow(note)) : note}\n`)
  }
  const unused = sketch.unused ?? []
  if (unused.length > 0)
    out.write(`${colours.yellow(`${plural(unused.length, 'kind')} of settings not used`)}\n`)
  for (const entry of unused) out.write(`  ${unusedText(entry)}\n`)
  out.write(
    `next: ${colours.cyan('watertight check')} has ${plural(findings.length, 'suggestion')} for you\n`,
  )
}
