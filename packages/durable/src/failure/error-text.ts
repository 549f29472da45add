const LETTERS_MAX = 2_000

/**
 * What is kept of an error, whatever was thrown: a value without a text, one that fails when it is asked for it, a message that is
 * no text, or one of megabytes. Never throws.
 */
export function errorText(thrown: unknown, isNamed: boolean = false): string {
  try {
    if (!(thrown instanceof Error)) return String(thrown).slice(0, LETTERS_MAX)
    return `${isNamed ? `${thrown.name}: ` : ''}${thrown.message}`.slice(0, LETTERS_MAX)
  } catch {
    return 'something was thrown that has no text'
  }
}
