/** Every topic has this many: enough for as many consumers at once, and the same in every process, for ever. */
export const PARTITIONS = 16

/**
 * The partition of a key, the same in every process and version: FNV-1a over its UTF-8, 32 bits
 * (draft-eastlake-fnv). The position of a key must never change, so neither may this.
 */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0) % PARTITIONS
}
