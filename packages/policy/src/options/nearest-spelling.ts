/** Words are cut, and further edits make another word: so the cost of a comparison is bounded. */
const LETTERS_MAX = 64
const EDITS_MAX = 4

/**
 * The candidate that a misspelt word was probably meant to be; undefined when none is near. Near is one edit for
 * each three letters, and one at least: letters inserted, left out, replaced, or two neighbours swapped.
 */
export function nearestSpelling(word: string, candidates: Iterable<string>): string | undefined {
  const given = word.slice(0, LETTERS_MAX).toLowerCase()
  const editsMax = Math.min(EDITS_MAX, Math.max(1, Math.floor(given.length / 3)))
  const all = [...candidates]
  for (let edits = 0; edits <= editsMax; edits++) {
    const near = all.find((one) => isWithin(edits, given, one.slice(0, LETTERS_MAX).toLowerCase()))
    if (near !== undefined) return near
  }
  return undefined
}

/** Whether so many edits make one word of the other. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (Math.abs(from.length - to.length) > edits) return false
  let same = 0
  while (same < from.length && from[same] === to[same]) same++
  const [left, right] = [from.slice(same), to.slice(same)]
  if (edits === 0) return left === right
  const rest = edits - 1
  return (
    isWithin(rest, left.slice(1), right) ||
    isWithin(rest, left, right.slice(1)) ||
    isWithin(rest, left.slice(1), right.slice(1)) ||
    (left[0] === right[1] && left[1] === right[0] && isWithin(rest, left.slice(2), right.slice(2)))
  )
}
