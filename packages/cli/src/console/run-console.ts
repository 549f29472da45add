import type { ConsoleOptions } from '@watertight/console'
import { ControlClient } from '@watertight/supervisor'
import { locateDocument, shownPath } from '../document/load-document.js'
import { profileOf } from '../document/profile-of.js'
import { readText } from '../document/read-text.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { storeUrl } from '../stores/store-url.js'
import { runFolderOf } from '../up/with-run.js'
import { stopRequests } from '../up/stop-requests.js'
import { consolePort, openConsole } from './open-console.js'

export interface ConsoleCommandOptions {
  readonly manifest?: string
  readonly folder?: string
  readonly profile?: string
  readonly port?: string
  readonly host?: string
  readonly admin?: readonly string[]
  readonly prometheus?: string
  readonly traces?: string
  readonly store?: string
  readonly json?: boolean
}

/** Serves the console until it is told to stop. */
export async function runConsole(options: ConsoleCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const requests = stopRequests()
  const console = await openConsole(await consoleOptions(options, terminal), '--port')
  const { url, token } = console
  if (options.json === true) terminal.out.write(`${JSON.stringify({ url, token, pid: process.pid })}\n`)
  else terminal.out.write(`console at ${url}\ntoken for changes: ${token}\n`)
  await requests.first
  await console.close()
  requests.close()
  return EXIT.ok
}

async function consoleOptions(options: ConsoleCommandOptions, terminal: Terminal): Promise<ConsoleOptions> {
  const { port, host, admin, prometheus, traces } = options
  const manifest = manifestOf(options, terminal)
  const profile = profileOf(options.manifest, options.profile, terminal)
  // The page would say that it cannot be read for as long as it is open; whoever has misspelt it learns it now.
  if (manifest !== undefined) await readText(manifest, shownPath(manifest, terminal))
  const store = await storeOf(options, manifest, terminal)
  return {
    ...(manifest === undefined ? {} : { manifest, folder: runFolderOf(options, terminal) }),
    ...(profile === undefined ? {} : { profile }),
    ...(port === undefined ? {} : { port: consolePort('--port', port) }),
    ...(host === undefined ? {} : { host }),
    ...(admin === undefined ? {} : { admins: admin.map((url) => urlOf('--admin', url)) }),
    ...(prometheus === undefined ? {} : { prometheus: urlOf('--prometheus', prometheus) }),
    ...(traces === undefined ? {} : { traces: urlOf('--traces', traces) }),
    ...(store === undefined ? {} : { store }),
  }
}

/** Whoever says where the numbers are needs no document. */
function manifestOf(
  { manifest, admin, prometheus }: ConsoleCommandOptions,
  terminal: Terminal,
): string | undefined {
  try {
    return locateDocument(manifest, terminal)
  } catch (error) {
    if (manifest !== undefined || (admin ?? prometheus) === undefined) throw error
    return undefined
  }
}

/** The store that is named, or the only one of the document; none where it has none, or several. */
async function storeOf(
  options: ConsoleCommandOptions,
  manifest: string | undefined,
  terminal: Terminal,
): Promise<ConsoleOptions['store']> {
  if (options.store === undefined && manifest === undefined) return undefined
  try {
    const url = await storeUrl(options, terminal)
    return options.store === undefined && (await isOfRun(url, options, terminal))
      ? async () => await servedUrl(options, terminal)
      : url
  } catch (error) {
    if (options.store !== undefined) throw error
    return undefined
  }
}

/** Whether it is a store that a run of the document keeps in its own folder, and serves. */
async function isOfRun(url: string, options: ConsoleCommandOptions, terminal: Terminal): Promise<boolean> {
  const folder = runFolderOf(options, terminal)
  if (url.startsWith(`pglite:${folder}`)) return true
  const served = await (await ControlClient.find(folder))?.stores()
  return served !== undefined && [...served.values()].includes(url)
}

/** A run that begins later must find its files free, and serves them by another URL each time. */
async function servedUrl(options: ConsoleCommandOptions, terminal: Terminal): Promise<string> {
  const url = await storeUrl(options, terminal)
  if (!url.startsWith('pglite:')) return url
  throw new Error('it is served while the system runs: watertight up starts it')
}

function urlOf(option: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/$/, '')
  throw wrong(`${option} must be a URL such as http://127.0.0.1:9090, got ${text}`)
}

function wrong(why: string): CommandError {
  return new CommandError(`cannot open the console: ${why}`, { code: 'WT_USAGE', exitCode: EXIT.usage })
}
