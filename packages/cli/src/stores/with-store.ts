import { existsSync, mkdirSync } from 'node:fs'
import { openStore, type Store } from '@watertight/durable'
import { shownUrl } from '@watertight/policy/options'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import type { StoreOptions } from './store-options.js'
import { storeUrl } from './store-url.js'

/** A person waits for it. An embedded database has to start first. */
const DEADLINE_MS = { postgres: 15_000, embedded: 60_000 }

/** How a command about a store is to fail where its schema is not there, or its folder. */
export interface StoreNeeds {
  /** Makes the folder of an embedded store where there is none. Default false: it is an error. */
  readonly creates?: boolean
}

/**
 * Does work on the store that the options name, and closes it.
 *
 * @throws CommandError when it does not answer, or lacks the schema
 */
export async function withStore(
  options: StoreOptions,
  terminal: Terminal,
  work: (store: Store) => Promise<ExitCode>,
  { creates = false }: StoreNeeds = {},
): Promise<ExitCode> {
  const url = await storeUrl(options, terminal)
  const folder = url.startsWith('pglite:') ? url.slice('pglite:'.length) : undefined
  if (!creates && folder !== undefined && folder !== 'memory' && !existsSync(folder)) {
    throw new CommandError(`cannot open a store: there is no folder ${folder}`, {
      code: 'WT_STORE',
      exitCode: EXIT.usage,
      hint: 'watertight migrate up makes it',
    })
  }
  if (creates && folder !== undefined && folder !== 'memory') mkdirSync(folder, { recursive: true })
  const store = opened(url)
  try {
    return await work(store)
  } catch (error) {
    throw explained(error, url)
  } finally {
    await store.close().catch(() => undefined)
  }
}

function opened(url: string): Store {
  try {
    const kind = url.startsWith('pglite:') ? 'embedded' : 'postgres'
    return openStore(url, { queryDeadlineMs: DEADLINE_MS[kind], listenUrl: false })
  } catch (error) {
    throw explained(error, url)
  }
}

const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|28\w{3}|3D000|57P0\d|08\w{3}|WT_STORE_\w+|WT_BROKER_\w+)$/

function explained(error: unknown, url: string): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Whoever reads this may not be whoever may know the password.
  const shown = shownUrl(url)
  // No such table, no such schema.
  if (code === '42P01' || code === '3F000') {
    return new CommandError(`cannot read ${shown}: it lacks the schema watertight, or part of it`, {
      code: 'WT_STORE_SCHEMA',
      exitCode: EXIT.usage,
      hint: 'watertight migrate up brings it up to date',
      cause: error,
    })
  }
  if (code.startsWith('WT_SAGA_') || code.startsWith('WT_EVENTS_GROUP_')) {
    return new CommandError(error.message, { code, exitCode: EXIT.usage, cause: error })
  }
  if (!UNREACHABLE.test(code) && !error.message.startsWith('cannot open a store')) return error
  const message = error.message === '' ? code : error.message
  return new CommandError(message.startsWith('cannot ') ? message : `cannot reach ${shown}: ${message}`, {
    code: code.startsWith('WT_') ? code : 'WT_STORE_UNREACHABLE',
    exitCode: EXIT.engineUnreachable,
    cause: error,
  })
}
