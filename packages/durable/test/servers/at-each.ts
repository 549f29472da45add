/** What came of one run. */
export interface Run {
  /** Whether it got as far as the place at which it was to be struck. */
  readonly isStruck: boolean
  /** What is wrong in the end. */
  readonly wrong: readonly string[]
}

export interface Sample {
  /** The first place. Default 1. */
  readonly first?: number
  /** Default 1: at every one. */
  readonly oneIn?: number
  /** So many runs at once: most of what one takes is waiting. Default 4. */
  readonly lanes?: number
}

export interface Struck {
  readonly places: number
  readonly wrong: readonly string[]
}

/**
 * At each place in turn, or at one in so many from the first on, until a run has come to its end before it. Resolves to how
 * many were struck, and what was wrong after one of them.
 */
export async function atEach(
  run: (at: number) => Promise<Run>,
  { first = 1, oneIn = 1, lanes = 4 }: Sample = {},
): Promise<Struck> {
  const wrong: string[] = []
  let places = 0
  let next = first
  let isAtEnd = false
  const lane = async (): Promise<void> => {
    while (!isAtEnd) {
      const at = next
      next += oneIn
      const struck = await run(at)
      wrong.push(...struck.wrong)
      if (struck.isStruck) places += 1
      else isAtEnd = true
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return { places, wrong }
}
