/** Words are cut, and further edits make another word: so the cost of a comparison is bounded. */
const LETTERS_MAX = 64
const EDITS_MAX = 4

/**
 * The candidate that a misspelt word was probably meant to be; undefined when none is near. Near is one edit for
 * each three letters, and one at least: letters inserted, left out, replaced, or two neighbours swapped.
 */
export function nearestSpelling(word: string, candidates: Iterable<string>): string | undefined {
  const given = letters(word)
  const all = [...candidates]
  for (let edits = 0; edits <= Math.min(EDITS_MAX, Math.max(1, given.length / 3)); edits++) {
    const near = all.find((one) => isWithin(edits, given, letters(one)))
    if (near !== undefined) return near
  }
  return undefined
}

function letters(word: string): string {
  return word.slice(0, LETTERS_MAX).toLowerCase()
}

/** Whether so many edits, or fewer, make one word of the other. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (from === to) return true
  const rest = (fromCut: number, toCut: number, cost: number): boolean =>
    isWithin(edits - cost, from.slice(fromCut), to.slice(toCut))
  if (from[0] === to[0]) return rest(1, 1, 0)
  return (
    edits > 0 &&
    (rest(1, 0, 1) ||
      rest(0, 1, 1) ||
      rest(1, 1, 1) ||
      (from[0] === to[1] && from[1] === to[0] && rest(2, 2, 1)))
  )
}
