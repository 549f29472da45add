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
  let near: string | undefined
  for (let edits = 0; near === undefined && edits <= EDITS_MAX; edits++) {
    if (edits < 2 || edits * 3 <= given.length) near = all.find((one) => isWithin(edits, given, letters(one)))
  }
  return near
}

function letters(word: string): string {
  return word.slice(0, LETTERS_MAX).toLowerCase()
}

/** Whether so many edits, or fewer, make one word of the other. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (from === to) return true
  const fromRest = from.slice(1)
  const toRest = to.slice(1)
  if (from[0] === to[0]) return isWithin(edits, fromRest, toRest)
  const left = edits - 1
  return (
    edits > 0 &&
    (isWithin(left, fromRest, to) ||
      isWithin(left, from, toRest) ||
      isWithin(left, fromRest, toRest) ||
      (from[0] === toRest[0] && fromRest[0] === to[0] && isWithin(left, fromRest.slice(1), toRest.slice(1))))
  )
}
