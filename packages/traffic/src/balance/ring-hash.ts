import type { Balancer } from './balancer.js'
import { hashText } from './hash-text.js'

/** Points of one endpoint on the ring: the more, the more even, at 8 bytes each. */
const POINTS = 160
/** A ring of this many points is built in some milliseconds; with more endpoints, each gets fewer. */
const POINTS_MAX = 65_536

/**
 * The same key goes to the same endpoint as long as that can be used, and about one key in `n` moves when one of `n`
 * endpoints leaves. A request without a key goes to a random place of the ring.
 *
 * Source: D. Karger et al., Consistent Hashing and Random Trees, 1997; points as in libketama. O(log points) a pick.
 */
export class RingHash implements Balancer {
  #hashes: Uint32Array = new Uint32Array(0)
  #owners: Uint32Array = new Uint32Array(0)

  pick(
    usable: readonly number[],
    _loads: unknown,
    _now: number,
    random: () => number,
    hash?: number,
  ): number {
    if (usable.length === 1) return usable[0]!
    const length = this.#hashes.length
    let point = this.#first(hash ?? Math.floor(random() * 2 ** 32))
    for (let step = 0; step < length; step++) {
      const owner = this.#owners[point]!
      if (isListed(usable, owner)) return owner
      point = (point + 1) % length
    }
    return usable[0]!
  }

  resize(names: readonly string[]): void {
    const each = Math.max(1, Math.min(POINTS, Math.floor(POINTS_MAX / Math.max(1, names.length))))
    const points = names.flatMap((name, owner) =>
      Array.from({ length: each }, (_, number) => ({ hash: hashText(`${name}#${number}`), owner })),
    )
    points.sort((one, other) => one.hash - other.hash || one.owner - other.owner)
    this.#hashes = Uint32Array.from(points, ({ hash }) => hash)
    this.#owners = Uint32Array.from(points, ({ owner }) => owner)
  }

  /** The first point at or after the hash, around the end of the ring. */
  #first(hash: number): number {
    let low = 0
    let high = this.#hashes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#hashes[middle]! < hash) low = middle + 1
      else high = middle
    }
    return low === this.#hashes.length ? 0 : low
  }
}

/** Binary search: `usable` is in ascending order. */
function isListed(usable: readonly number[], index: number): boolean {
  let low = 0
  let high = usable.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = usable[middle]!
    if (found === index) return true
    if (found < index) low = middle + 1
    else high = middle - 1
  }
  return false
}
