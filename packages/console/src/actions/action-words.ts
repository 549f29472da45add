import { ActionRefusedError } from './action-refused-error.js'

/** What an action was asked with. */
export class ActionWords {
  readonly #action: string
  readonly #words: Readonly<Record<string, unknown>>

  /** @throws ActionRefusedError when there is a word that the action does not know */
  constructor(action: string, body: unknown, allowed: readonly string[]) {
    this.#action = action
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw this.refused(`the body must be a JSON object, got ${JSON.stringify(body)}`)
    this.#words = body as Record<string, unknown>
    const other = Object.keys(body).find((name) => !allowed.includes(name))
    if (other !== undefined)
      throw this.refused(`there is no ${other}; it takes ${allowed.join(', ') || 'nothing'}`)
  }

  text(name: string): string {
    const value = this.#words[name]
    if (typeof value === 'string' && value !== '') return value
    throw this.mustBe(name, 'a text')
  }

  maybeText(name: string): string | undefined {
    return this.#words[name] === undefined ? undefined : this.text(name)
  }

  /** Undefined where nothing is said. */
  maybeNumber(
    name: string,
    { min, max }: { readonly min: number; readonly max: number },
  ): number | undefined {
    const value = this.#words[name]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'number' && value >= min && value <= max) return value
    throw this.mustBe(name, `a number from ${min} to ${max}`)
  }

  value(name: string): unknown {
    return this.#words[name]
  }

  mustBe(name: string, what: string): ActionRefusedError {
    return this.refused(`${name} must be ${what}, got ${JSON.stringify(this.#words[name]) ?? 'nothing'}`)
  }

  refused(why: string): ActionRefusedError {
    return new ActionRefusedError(`cannot ${this.#action}: ${why}`)
  }
}
