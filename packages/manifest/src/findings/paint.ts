const CODES = { error: 31, warning: 33, note: 36, faint: 2, bold: 1, good: 32 } as const

/** Puts a text into a colour, or leaves it alone. */
export type Paint = (text: string, colour: keyof typeof CODES) => string

/** Colours by ANSI codes. */
export function paintAnsi(text: string, colour: keyof typeof CODES): string {
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`
}

/** No colours. */
export function paintNothing(text: string): string {
  return text
}

/** A text in lines of at most that many characters, broken at spaces; a longer word keeps a line to itself. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/**
 * The document is untrusted text: control characters in it must not reach the terminal. One character for one, so
 * that carets stay below what they mark.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
}
