/**
 * What keeps requests together: those with the same value go to the same endpoint. A request without it goes anywhere.
 */
export type HashKey =
  { readonly header: string } | { readonly cookie: string } | { readonly query: string } | 'ip'

/** A hash key as a person reads it: `header x-user`. */
export function formatHashKey(key: HashKey): string {
  return key === 'ip' ? key : Object.entries(key).flat().join(' ')
}
