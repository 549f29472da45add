/**
 * Two different endpoints at random, the better of which is taken: nearly as even as asking all of them, at the price
 * of two, and without the herd that runs to the one best endpoint at once.
 *
 * Source: M. Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, 1996. O(1).
 */
export function betterOfTwo(
  usable: readonly number[],
  random: () => number,
  cost: (index: number) => number,
): number {
  const { length } = usable
  const first = Math.floor(random() * length)
  // Drawn from the others, so that both are different; of one alone, it is that one.
  const second = (first + 1 + Math.floor(random() * (length - 1))) % length
  const one = usable[first]!
  const other = usable[second]!
  return cost(other) < cost(one) ? other : one
}
