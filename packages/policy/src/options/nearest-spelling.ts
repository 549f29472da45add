/**
 * The candidate that a misspelt word was probably meant to be; undefined when none is near. Near is one edit for
 * each three letters, and one at least.
 *
 * Damerau's and Levenshtein's distance in its restricted form (optimal string alignment): letters inserted, left out,
 * replaced, or two neighbours swapped. O(length squared) a candidate, and words are cut, so that the cost is bounded.
 */
export function nearestSpelling(word: string, candidates: Iterable<string>): string | undefined {
  const given = word.slice(0, 64).toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - given.length) >= bestDistance) continue
    const distance = editDistance(given, candidate.slice(0, 64).toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

function editDistance(from: string, to: string): number {
  // The row of a prefix of `from` holds its distance from each prefix of `to`.
  const rows: number[][] = []
  for (let row = 0; row <= from.length; row++) {
    const current: number[] = []
    const above = rows[row - 1]!
    rows.push(current)
    for (let column = 0; column <= to.length; column++) {
      current[column] =
        row === 0 || column === 0
          ? row + column
          : Math.min(
              above[column]! + 1,
              current[column - 1]! + 1,
              above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1),
              from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
                ? rows[row - 2]![column - 2]! + 1
                : Infinity,
            )
    }
  }
  return rows[from.length]![to.length]!
}
