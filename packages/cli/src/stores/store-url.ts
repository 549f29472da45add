import { dirname, resolve } from 'node:path'
import type { StoreModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { profileOf } from '../document/profile-of.js'
import { requireSystem } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { runFolderOf } from '../up/with-run.js'
import type { StoreOptions } from './store-options.js'

/**
 * The URL of the store that a command is to work on: given as such, by its name in the document, or the only Postgres there.
 *
 * @throws CommandError when there is none, or more than one
 */
export async function storeUrl(options: StoreOptions, terminal: Terminal): Promise<string> {
  const { store, manifest, profile } = options
  const given = store ?? terminal.env['WATERTIGHT_STORE']
  if (given?.includes(':') === true) return placed(given, terminal.cwd)
  const { model, source } = await requireSystem(manifest, terminal, profileOf(manifest, profile, terminal))
  const folder = dirname(resolve(terminal.cwd, source.file))
  const run = runFolderOf(options, terminal)
  const stores = [...model.stores.values()]
  if (given !== undefined) {
    const found = model.stores.get(given)
    if (found === undefined) {
      throw refused(`there is no store ${given} in ${source.file}`, suggest(given, [...model.stores.keys()]))
    }
    return await urlOf(found, folder, run, terminal)
  }
  const [only, second] = stores.filter(({ kind }) => kind !== 'redis')
  if (only !== undefined && second === undefined) return await urlOf(only, folder, run, terminal)
  throw stores.length === 0
    ? refused(
        `${source.file} names no store`,
        'write --store postgres://host/database, or --store pglite:FOLDER',
      )
    : refused(
        `${source.file} names several stores`,
        `write --store with one of ${stores.map(({ name }) => name).join(', ')}`,
      )
}

async function urlOf(
  { name, kind, url, env }: StoreModel,
  folder: string,
  runFolder: string,
  terminal: Terminal,
): Promise<string> {
  if (kind === 'redis') {
    throw refused(`store ${name} is Redis, which has neither events nor sagas`, 'name a Postgres')
  }
  if (url !== undefined) return placed(url, folder)
  if (env === undefined) return await servedUrl({ name, kind }, runFolder)
  const value = terminal.env[env]
  if (value === undefined || value === '') {
    throw refused(`the variable ${env} is not set`, `it is to have the URL of store ${name}`)
  }
  return placed(value, folder)
}

/** While the system runs, it has the store, and serves it. */
async function servedUrl(
  { name, kind }: Pick<StoreModel, 'name' | 'kind'>,
  runFolder: string,
): Promise<string> {
  const { ControlClient, RunFolder } = await import('@watertight/supervisor')
  const served = (await (await ControlClient.find(runFolder))?.stores())?.get(name)
  if (served !== undefined) return served
  if (kind === 'embedded') return `pglite:${new RunFolder(runFolder).storeFor(name)}`
  throw refused(`store ${name} has no address`, 'it is served while watertight up runs; or give its URL')
}

/** The folder of an embedded store is seen from where its name was written. */
function placed(url: string, folder: string): string {
  return /^pglite:(?!memory$)/.test(url) ? `pglite:${resolve(folder, url.slice('pglite:'.length))}` : url
}

function refused(message: string, hint: string): CommandError {
  return new CommandError(`cannot open a store: ${message}`, { code: 'WT_STORE', exitCode: EXIT.usage, hint })
}
