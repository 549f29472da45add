/**
 * Why an expression cannot be matched in time that grows with the text alone, or undefined when it can. What is allowed
 * is what RE2 (https://github.com/google/re2/wiki/Syntax) and JavaScript both know and mean the same by: characters,
 * classes, groups, alternatives, counts up to 1000, anchors. A backreference or a look to the side needs a search that
 * may try every way; a flag such as `(?i)` is written differently in each. One pass, O(length).
 */
export function nonLinearPart(pattern: string): string | undefined {
  const reader = new PatternReader(pattern)
  return reader.problem()
}

/** Up to which a count is expanded; RE2 has the same bound. */
const COUNT_MAX = 1_000
const LENGTH_MAX = 500

class PatternReader {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  problem(): string | undefined {
    if (this.#pattern.length > LENGTH_MAX) return `more than ${LENGTH_MAX} characters`
    while (this.#at < this.#pattern.length) {
      const found = this.#step()
      if (found !== undefined) return found
    }
    return this.#malformed()
  }

  #step(): string | undefined {
    const rest = this.#pattern.slice(this.#at)
    if (rest.startsWith('\\')) return this.#escape(rest)
    if (rest.startsWith('[')) return this.#classOf(rest)
    const group = /^\((\?(?:<?[=!]|>|P?<|P=|[a-zA-Z-]+[:)]|:|\()?)?/.exec(rest)
    if (group !== null) return this.#group(group[1] ?? '', rest)
    const count = /^\{(\d+)(?:,(\d*))?\}/.exec(rest)
    if (count !== null && Math.max(Number(count[1]), Number(count[2] ?? 0)) > COUNT_MAX)
      return `the count ${count[0]}, above ${COUNT_MAX}`
    if (/^[*+?}]\+/.test(rest)) return `the possessive quantifier ${rest.slice(0, 2)}`
    this.#at += count?.[0].length ?? 1
    return undefined
  }

  #escape(rest: string): string | undefined {
    const reference = /^\\(?:[1-9]\d*|k<[^>]*>)/.exec(rest)
    if (reference !== null) return `the backreference ${reference[0]}`
    const known = /^\\(?:[dDwWsSbBnrtfv]|x[0-9A-Fa-f]{2}|[^A-Za-z0-9])/.exec(rest)
    if (known === null) return `the escape ${rest.slice(0, 2)}, which RE2 and JavaScript read differently`
    this.#at += known[0].length
    return undefined
  }

  #classOf(rest: string): string | undefined {
    const whole = /^\[\^?(?:\\[^]|[^\]\\])*\]/.exec(rest)?.[0]
    if (whole === undefined) return 'a [ that is not closed'
    if (/\[[:.=]/.test(whole.slice(1))) return `the class ${whole}, which JavaScript does not know`
    const escaped = /\\(?![dDwWsSnrtfvb]|x[0-9A-Fa-f]{2}|[^A-Za-z0-9])[^]/.exec(whole)
    if (escaped !== null) return `the escape ${escaped[0]}, which RE2 and JavaScript read differently`
    this.#at += whole.length
    return undefined
  }

  #group(kind: string, rest: string): string | undefined {
    const shown = rest.slice(0, kind.length + 1)
    if (/^\?<?[=!]/.test(kind)) return `the look to the side ${shown}...)`
    if (kind === '?>') return `the atomic group ${shown}...)`
    if (kind !== '' && kind !== '?:')
      return `the group ${shown}...), which RE2 and JavaScript write differently`
    this.#at += kind.length + 1
    return undefined
  }

  #malformed(): string | undefined {
    try {
      new RegExp(this.#pattern, 'v')
      return undefined
    } catch {
      return this.#loose()
    }
  }

  // What only the strict reading refuses, such as an escaped dash, is read alike by both.
  #loose(): string | undefined {
    try {
      new RegExp(this.#pattern)
      return undefined
    } catch (error) {
      return `a mistake: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`
    }
  }
}
