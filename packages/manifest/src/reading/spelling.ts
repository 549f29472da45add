/**
 * The candidate nearest to a misspelt word, or nothing when none is near. Damerau-Levenshtein distance
 * (optimal string alignment), cost O(length squared) a candidate; words are cut so that the cost is bounded.
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

function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1)
      }
      row.push(cost)
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length] ?? 0
}

/** A sentence that offers the nearest spelling, or the list of what is allowed, cut to a readable length. */
export function suggest(word: string, candidates: readonly string[]): string {
  const nearest = nearestSpelling(word, candidates)
  if (nearest !== undefined) return `did you mean ${nearest}?`
  if (candidates.length === 0) return 'nothing is allowed here'
  const shown = candidates.slice(0, 12).join(', ')
  return `allowed: ${shown}${candidates.length > 12 ? `, and ${candidates.length - 12} more` : ''}`
}
