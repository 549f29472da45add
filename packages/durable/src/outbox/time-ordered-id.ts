import { randomFillSync } from 'node:crypto'

/** Randomness of one id. */
const RANDOM_BYTES = 10

/** Drawn for many ids at once, since every draw is a call out of JavaScript. */
const random = Buffer.alloc(RANDOM_BYTES * 256)
const bytes = Buffer.alloc(16)
let used = random.length

/** A UUID of version 7 (RFC 9562): ids that are made one after the other lie beside one another in an index. */
export function timeOrderedId(now: number = Date.now()): string {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  bytes.writeUIntBE(now, 0, 6)
  random.copy(bytes, 6, used, (used += RANDOM_BYTES))
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
