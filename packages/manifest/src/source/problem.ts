import type { Severity } from '../words/system-words.js'
import type { DocumentPath, SourceRange } from './manifest-source.js'

/** What a reader or a check has to say, before it has a position, a severity and a page. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly path: DocumentPath
  /** Whether the key (the default) or the value is at fault. */
  readonly part?: 'key' | 'value'
  /** What several problems of one code share when one change mends them all: they are told once, with their count. */
  readonly cause?: string
  /** Where it weighs less than others of its code. */
  readonly severity?: Severity
  /** What this problem is about, in a list of such: `order > payment`. */
  readonly subject?: string
  /** For problems that no path can name, such as a syntax error. */
  readonly range?: SourceRange
}
