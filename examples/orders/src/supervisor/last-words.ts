/** A service that ends because of an error says why on one line of standard error that begins so. */
const MARK = 'fatal: '
const LENGTH_MAX = 300

/** Tells the supervisor why this process is about to end. */
export function sayLastWords(reason: string): void {
  process.stderr.write(`${MARK}${reason.replaceAll(/\s+/g, ' ').slice(0, LENGTH_MAX)}\n`)
}

/** The reason on a line of last words, `undefined` for any other line. */
export function lastWordsOf(line: string): string | undefined {
  return line.startsWith(MARK) ? line.slice(MARK.length) : undefined
}
