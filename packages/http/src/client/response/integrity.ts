import { createHash } from 'node:crypto'

/** From the weakest to the strongest; only the strongest that is named counts. */
const algorithms = ['sha256', 'sha384', 'sha512']

/**
 * Whether a body is the one that `integrity` promises (https://www.w3.org/TR/SRI/): one of the hashes of the strongest
 * algorithm named must be its own. Hashes of unknown algorithms promise nothing, and neither does an empty text.
 */
export function matchesIntegrity(bytes: Uint8Array, integrity: string): boolean {
  const named = integrity.split(/\s+/).flatMap((token) => {
    const match = /^(sha256|sha384|sha512)-([^?]*)/i.exec(token)
    return match === null ? [] : [{ algorithm: match[1]!.toLowerCase(), hash: match[2]! }]
  })
  const strongest = algorithms.findLast((algorithm) => named.some((one) => one.algorithm === algorithm))
  if (strongest === undefined) return true
  const actual = withoutPadding(createHash(strongest).update(bytes).digest('base64'))
  return named.some(
    ({ algorithm, hash }) => algorithm === strongest && withoutPadding(plain(hash)) === actual,
  )
}

/** The alphabet of URLs is as good as the plain one. */
function plain(hash: string): string {
  return hash.replaceAll('-', '+').replaceAll('_', '/')
}

function withoutPadding(hash: string): string {
  return hash.replace(/={1,2}$/, '')
}
