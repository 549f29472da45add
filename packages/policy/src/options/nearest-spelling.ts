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
  for (let edits = 0; edits <= EDITS_MAX && edits <= Math.max(1, given.length / 3); edits++) {
    const near = all.find((one) => isWithin(edits, given, letters(one)))
    if (near !== undefined) return near
  }
  return undefined
}

function letters(word: string): string {
  return word.slice(0, LETTERS_MAX).toLowerCase()
}

/** Whether so many edits make one word of the other. */
function isWithin(edits: number, from: string, to: string): boolean {
  if (Math.abs(from.length - to.length) > edits) return false
  let same = 0
  while (same < from.length && from[same] === to[same]) same++
  const rest = (fromCut: number, toCut: number): boolean =>
    isWithin(edits - 1, from.slice(same + fromCut), to.slice(same + toCut))
  return edits === 0
    ? from === to
    : rest(1, 0) ||
        rest(0, 1) ||
        rest(1, 1) ||
        (from[same] === to[same + 1] && from[same + 1] === to[same] && rest(2, 2))
}
