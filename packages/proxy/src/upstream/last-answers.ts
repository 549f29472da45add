import { AgingEntries, systemClock } from '@watertight/policy/decisions'
import { type CacheableRequest, type CacheRules, privateCache } from '@watertight/traffic'
import type { LocalAnswer } from '../exchange/local-answer.js'

/** What is looked at of an answer that came: its head. */
export interface AnsweredHead {
  readonly status: number
  /** Bytes of its body, or less than 0 where that is not known. */
  readonly bodyLength: number
  readonly header: (name: string) => string | undefined
  /** All of its lines, those of one connection left out. */
  readonly lines: string
}

/** An answer while its body comes: kept once it has come whole. */
export class AnswerInTheMaking {
  private readonly bytesMax: number
  private readonly keep: (body: Buffer) => void
  private parts: Buffer[] = []
  private bytes: number = 0

  constructor(bytesMax: number, keep: (body: Buffer) => void) {
    this.bytesMax = bytesMax
    this.keep = keep
  }

  add(bytes: Buffer, start: number, end: number): void {
    this.bytes += end - start
    if (this.bytes > this.bytesMax) this.parts = []
    else this.parts.push(Buffer.from(bytes.subarray(start, end)))
  }

  ended(): void {
    if (this.bytes <= this.bytesMax) this.keep(Buffer.concat(this.parts))
  }
}

interface Kept {
  readonly status: number
  readonly lines: string
  readonly body: Buffer
  readonly vary: string | undefined
  /** The values of the request's headers that the answer depends on. */
  readonly variant: string
}

const KEPT_MAX = 1_000
const BYTES_MAX = 65_536

/**
 * The last good answers of a destination, for when it fails: bounded in number and in the size of each, and kept by the
 * rules by which the client keeps them.
 */
export class LastAnswers {
  private readonly kept: AgingEntries<Kept>
  private rules: CacheRules

  constructor(rules: CacheRules) {
    this.rules = rules
    this.kept = new AgingEntries(rules.max ?? KEPT_MAX, rules.maxAgeMs)
  }

  /** What is kept already stays, as far as the new rules allow it. */
  reconfigure(rules: CacheRules): void {
    this.rules = rules
    this.kept.reconfigure(rules.max ?? KEPT_MAX, rules.maxAgeMs)
  }

  /** Undefined for an answer that is none for later. */
  begin(request: CacheableRequest, answer: AnsweredHead): AnswerInTheMaking | undefined {
    const { status, bodyLength, lines } = answer
    const { bytesMax = BYTES_MAX } = this.rules
    if (status < 200 || status > 299 || status === 206 || bodyLength > bytesMax) return undefined
    if (!privateCache.mayKeep(request, (name) => answer.header(name))) return undefined
    const key = privateCache.keyOf(request)
    const vary = answer.header('vary')
    const variant = privateCache.variantOf(request, vary)
    const good = { status, lines: replayed(lines), vary, variant }
    return new AnswerInTheMaking(bytesMax, (body) => this.kept.set(key, { ...good, body }, systemClock.now()))
  }

  /** The answer to give, or undefined when there is none that is young enough. */
  find(request: CacheableRequest): LocalAnswer | undefined {
    const now = systemClock.now()
    const found = this.kept.get(privateCache.keyOf(request), now)
    if (found === undefined) return undefined
    const { status, lines, body, vary, variant } = found.value
    if (variant !== privateCache.variantOf(request, vary)) return undefined
    const age = Math.floor((now - found.storedAt) / 1_000)
    return { status, flag: undefined, lines: `${lines}age: ${age}\r\n`, type: '', body: '', bytes: body }
  }
}

/** Lines that others may have. The length is written anew. */
function replayed(lines: string): string {
  return lines
    .split('\r\n')
    .filter((line) => {
      const name = line.slice(0, line.indexOf(':')).toLowerCase()
      return name !== '' && name !== 'content-length' && privateCache.isReplayed(name)
    })
    .map((line) => `${line}\r\n`)
    .join('')
}
