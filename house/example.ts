/** A piece of code in a document, which must compile and, as a rule, run. */
export interface Example {
  /** Where it stands in the text: `README.md:12`. */
  readonly place: string
  readonly code: string
  /** False in comments of code for blocks that open with three backticks and `ts no-run`: compiled only. */
  readonly runs: boolean
}
