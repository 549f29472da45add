/** What to do without an engine. */
export const ENGINES_HINT: string =
  'watertight doctor --engines shows what is there; without --profile the system runs as its document has it'
