import { DocumentError } from './document-error.js'

/** Variables by their name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Something that the document gives a URL, or the variable that has it. */
interface Addressed {
  readonly url: string | undefined
  readonly env: string | undefined
}

/**
 * The URL of a store or a broker; undefined where the document gives none.
 *
 * @throws {DocumentError} `WT_DOCUMENT_VARIABLE` when the variable that has it is not set
 */
export function urlOf(
  { url, env }: Addressed,
  { action, place, environment }: { action: string; place: string; environment: Environment },
): string | undefined {
  if (env === undefined) return url
  const value = environment[env]
  if (value !== undefined && value !== '') return value
  throw new DocumentError(
    'WT_DOCUMENT_VARIABLE',
    `cannot ${action}: the variable ${env} must be set, since ${place} of the document names it, got ${value === undefined ? 'none' : 'an empty one'}`,
  )
}
