/** Colors for a terminal that shows them; the same functions do nothing for one that does not. */
export interface Colors {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
}

export function colors(enabled: boolean): Colors {
  const code = (on: number, off: number) => (text: string) =>
    enabled ? `\x1b[${on}m${text}\x1b[${off}m` : text
  return { good: code(32, 39), bad: code(31, 39), faint: code(2, 22), strong: code(1, 22) }
}
