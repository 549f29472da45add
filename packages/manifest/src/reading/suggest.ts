import { nearestSpelling } from '@watertight/policy/options'

/** A sentence that offers the nearest spelling, or the list of what is allowed, cut to a readable length. */
export function suggest(word: string, candidates: readonly string[]): string {
  const nearest = nearestSpelling(word, candidates)
  if (nearest !== undefined) return `did you mean ${nearest}?`
  if (candidates.length === 0) return 'nothing is allowed here'
  const shown = candidates.slice(0, 12).join(', ')
  return `allowed: ${shown}${candidates.length > 12 ? `, and ${candidates.length - 12} more` : ''}`
}
