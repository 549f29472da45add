import type { KnownKeys } from '../settings/setting.js'

/** The same reason for several keys. */
export function each(reason: string, keys: readonly string[]): KnownKeys {
  return Object.fromEntries(keys.map((key) => [key, reason]))
}
