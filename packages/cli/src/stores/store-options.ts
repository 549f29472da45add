import type { Command } from 'commander'
import { profileOption } from '../document/profile-option.js'

/** Which store a command works on. */
export interface StoreOptions {
  readonly store?: string
  readonly manifest?: string
  /** Where a run of the document keeps what it needs. Default: `.watertight` beside it, or that of its profiles. */
  readonly folder?: string
  /** The profiles that the run was started with, divided by commas. */
  readonly profile?: string
  readonly json?: boolean
}

/** The options that every command about a store has. */
export function withStoreOptions(command: Command): Command {
  return command
    .option(
      '-s, --store <store>',
      'a URL, or the name of a store of the document (default: its only Postgres)',
    )
    .option('-f, --manifest <file>', 'the manifest (default: the nearest watertight.yaml)')
    .option(
      '--folder <folder>',
      'where the run keeps what it needs (default: .watertight beside the manifest)',
    )
    .addOption(profileOption('the profiles that the system was started with'))
    .option('--json', 'as JSON')
}

export const STORE_HELP = `
A store is postgres://user@host/database, pglite:FOLDER, or a name under stores: of the document. Its URL may also stand in
the variable WATERTIGHT_STORE.`
