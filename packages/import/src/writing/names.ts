const lengthMax = 63

/** Gives names of other systems the form that a manifest allows, and keeps different ones apart. */
export class Names {
  readonly #given = new Map<string, string>()
  readonly #used = new Set<string>()
  readonly #counts = new Map<string, number>()

  /** The same name for the same original, such as `backend-a` for `backendA`. `like` says what to derive it from. */
  nameFor(original: string, like: string = original): string {
    const known = this.#given.get(original)
    if (known !== undefined) return known
    const plain = plainName(like)
    let name = plain
    let count = this.#counts.get(plain) ?? 1
    while (this.#used.has(name)) {
      count += 1
      name = `${plain.slice(0, lengthMax - 1 - String(count).length)}-${count}`
    }
    this.#counts.set(plain, count)
    this.#given.set(original, name)
    this.#used.add(name)
    return name
  }
}

/** Lower-case letters, digits and dashes, starting with a letter. */
export function plainName(original: string): string {
  const dashed = original
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  // YAML reads these words as values, not as names.
  const isName = /^[a-z]/.test(dashed) && !['null', 'true', 'false'].includes(dashed)
  const started = isName ? dashed : `n-${dashed}`
  return started.slice(0, lengthMax).replace(/-+$/, '')
}
