const LENGTH_MAX = 300

/** Says on one line why this process is about to end. */
export function sayLastWords(reason: string): void {
  process.stderr.write(`fatal: ${reason.replaceAll(/\s+/g, ' ').slice(0, LENGTH_MAX)}\n`)
}
