/**
 * 32 bits of a text, the same in every process and on every machine.
 *
 * Source: FNV-1a, with the finaliser of MurmurHash3 behind it, since FNV alone leaves the hashes of texts that differ
 * in their last character close together, and a ring needs them apart. O(length).
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
