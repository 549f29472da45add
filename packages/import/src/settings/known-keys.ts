import type { Setting } from './setting.js'

/** Why a value that nobody used is not in the manifest, with all that stands below it. */
export type Reason = string

/**
 * The keys of a format, and for each what is to be said when nobody used it: a reason, or the keys below it. `*` stands
 * for any name. A key that is not in the table is not known, and no other is.
 */
export interface KnownKeys {
  readonly [key: string]: Known
}
export type Known = Reason | KnownKeys | ((setting: Setting) => Reason | KnownKeys)

export function knownBelow(keys: KnownKeys, key: string): Known | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : keys['*']
}

export const NOT_KNOWN =
  'this key is not known to the import: check its spelling, or write what it means by hand'
