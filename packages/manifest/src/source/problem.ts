import type { DocumentPath, SourceRange } from './manifest-source.js'

/** What a reader or a check has to say, before it has a position, a severity and a page. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly path: DocumentPath
  /** Whether the key (the default) or the value is at fault. */
  readonly part?: 'key' | 'value'
  /** For problems that no path can name, such as a syntax error. */
  readonly range?: SourceRange
}
