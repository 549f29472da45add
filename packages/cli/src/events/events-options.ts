import type { DeadLetterFilter } from '@watertight/durable'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { StoreOptions } from '../stores/store-options.js'

export interface EventsOptions extends StoreOptions {
  readonly group?: string
  readonly topic?: string
  readonly key?: string
  readonly event?: string
  readonly limit?: string
  readonly all?: boolean
  readonly yes?: boolean
  readonly follow?: boolean
  readonly broker?: string
}

export function filterOf({ group, topic, key, event }: EventsOptions): DeadLetterFilter {
  return {
    ...(group !== undefined && { group }),
    ...(topic !== undefined && { topic }),
    ...(key !== undefined && { key }),
    ...(event !== undefined && { eventId: event }),
  }
}

/** @throws CommandError when it is no number from 1 to `most` */
export function limitOf({ limit = '100' }: { readonly limit?: string }, most: number = 10_000): number {
  const count = Number(limit)
  if (Number.isInteger(count) && count >= 1 && count <= most) return count
  throw new CommandError(`cannot list: --limit must be a whole number from 1 to ${most}, got ${limit}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
  })
}
