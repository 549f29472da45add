import { checkOptions, shownUrl } from '@watertight/policy/options'
import { PGliteStore } from './pglite/pglite-store.js'
import { PostgresStore } from './postgres/postgres-store.js'
import type { Store } from './store.js'
import { storeRules } from './store-rules.js'

export interface OpenStoreOptions {
  /** Default 10; an embedded database has one. */
  readonly connectionsMax?: number
  /** For one statement. Default 30 s. */
  readonly queryDeadlineMs?: number
  /** For a whole transaction. Default 60 s. */
  readonly transactionDeadlineMs?: number
  /** See {@link PostgresStore}. */
  readonly listenUrl?: string | false
}

/**
 * Opens a store by its URL: `postgres://...` for the database that you run, `pglite:./folder` for one in a folder,
 * `pglite:memory` for one that is gone with the process.
 *
 * @throws {Error} when the URL is none of these
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function openStore(url: string, options: OpenStoreOptions = {}): Store {
  if (typeof url !== 'string' || url === '') {
    throw new Error(
      `cannot open a store: url must be postgres://..., pglite:FOLDER or pglite:memory, got ${url === '' ? 'an empty text' : String(url)}; is the variable set that it comes from?`,
    )
  }
  checkOptions('store', options, storeRules)
  const { listenUrl, connectionsMax, ...deadlines } = options
  if (/^postgres(ql)?:\/\//.test(url)) {
    return new PostgresStore({
      url,
      ...deadlines,
      ...(connectionsMax !== undefined && { connectionsMax }),
      ...(listenUrl !== undefined && { listenUrl }),
    })
  }
  if (url === 'pglite:memory') return new PGliteStore(deadlines)
  if (url.startsWith('pglite:') && url.length > 'pglite:'.length) {
    return new PGliteStore({ folder: url.slice('pglite:'.length), ...deadlines })
  }
  const shown = shownUrl(url)
  throw new Error(
    `cannot open a store: url must be postgres://..., pglite:FOLDER or pglite:memory, got ${JSON.stringify(shown)}`,
  )
}
