import { hashText } from '@watertight/traffic'

/** One of several by relative weights: at random, or for a key always the same one. O(number of choices). */
export class WeightedChoice<T> {
  private readonly choices: readonly (readonly [value: T, weight: number])[]
  private readonly total: number
  private readonly random: () => number

  constructor(choices: readonly (readonly [value: T, weight: number])[], random: () => number) {
    this.choices = choices
    this.total = choices.reduce((sum, [, weight]) => sum + weight, 0)
    this.random = random
  }

  pick(key: string | undefined): T {
    let at = (key === undefined ? this.random() : hashText(key) / 2 ** 32) * this.total
    for (const [value, weight] of this.choices) {
      at -= weight
      if (at < 0) return value
    }
    return this.choices.at(-1)![0]
  }
}
