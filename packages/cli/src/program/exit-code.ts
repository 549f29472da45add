/** How the process ends. The table stands in `--help` and in the README. */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  invalidManifest: 3,
  engineUnreachable: 4,
  fault: 70,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export const EXIT_CODE_HELP: string = `Exit codes:
  0   done; check found nothing that fails
  1   check found errors (with --strict, warnings too)
  2   wrong usage
  3   the document is not a manifest, or cannot be read
  4   a required engine is missing or does not answer
  70  internal error`
