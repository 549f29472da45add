import { message } from './message.js'

/** Whose plan does not depend on what else its transaction has done, and is worth keeping. */
const isPlanned = /^\s*(select|insert|update|delete|with)\b/i
/** What leaves every plan as it was. Whatever is neither may have changed the schema, or taken a change of it back. */
const isHarmless = /^\s*(begin|start|commit|end|savepoint|release|set|show|listen|unlisten|notify)\b/i

const statementsMax = 200
const textBytesMax = 16_384
/** Plans are made anew now and then: tables grow, and a plan that was right for ten rows is not for a million. */
const keptMs = 10_000

const parse = 0x50
const bind = 0x42
const describe = 0x44
const close = 0x43
const query = 0x51

const parseComplete = Buffer.from([0x31, 0, 0, 0, 4])

interface Kept {
  readonly name: string
  readonly until: number
}

/** A request as the database gets it, and what its answer needs to look as if it had got the other one. */
export interface CachedRequest {
  readonly bytes: Buffer
  /** For each bind, whether the answer to a parse is missing before its own. */
  readonly unparsed: readonly boolean[]
  /** Of the statements that it uses. */
  readonly keys: readonly string[]
}

/**
 * Keeps the statements of clients with their plans, under names of its own. Clients name none, since a pooler would not stand
 * it, so each statement would be parsed and planned each time that it is sent: more work than to run it, for most.
 */
export class StatementCache {
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()
  #names = 0
  #forgotten: string[] = []

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** What has the database let go of statements that are kept no more; undefined while there are few. */
  takeClosing(): Buffer | undefined {
    if (this.#forgotten.length < 20) return undefined
    const names = this.#forgotten.splice(0)
    return Buffer.concat([...names.map((name) => message('C', Buffer.from('S'), name)), message('S')])
  }

  forgetAll(): void {
    for (const key of this.#kept.keys()) this.#forget(key)
  }

  request(bytes: Buffer): CachedRequest {
    return namesStatements(bytes) ? this.#asItIs(bytes) : this.#withKept(bytes)
  }

  #withKept(bytes: Buffer): CachedRequest {
    const parts: Buffer[] = []
    const unparsed: boolean[] = []
    const keys: string[] = []
    let current: { readonly name: string; isMissing: boolean } | undefined
    for (let at = 0; at < bytes.length;) {
      const end = at + 1 + bytes.readInt32BE(at + 1)
      const part = bytes.subarray(at, end)
      const letter = bytes[at]
      at = end
      if (letter === query) this.#heard(part.toString('utf8', 5, part.length - 1))
      if (letter === parse) {
        const kept = this.#parse(part)
        current = kept && { name: kept.name, isMissing: !kept.isNew }
        if (kept !== undefined) keys.push(kept.key)
        if (kept?.isNew !== false) parts.push(kept?.part ?? part)
      } else if (letter === bind) {
        unparsed.push(current?.isMissing === true)
        parts.push(current === undefined ? part : named(part, current.name))
        if (current !== undefined) current.isMissing = false
      } else parts.push(part)
    }
    return { bytes: keys.length === 0 ? bytes : Buffer.concat(parts), unparsed, keys }
  }

  /** The answer as the client expects it. */
  answer(bytes: Buffer, { unparsed, keys }: CachedRequest): Buffer {
    if (keys.length === 0) return bytes
    const parts: Buffer[] = []
    let binds = 0
    let from = 0
    for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
      // Whether or not it is the statement's fault: it is made anew next time.
      if (bytes[at] === 0x45) for (const key of keys) this.#forget(key)
      if (bytes[at] !== 0x32 || unparsed[binds++] !== true) continue
      parts.push(bytes.subarray(from, at), parseComplete)
      from = at
    }
    return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)])
  }

  #parse(part: Buffer) {
    const nameEnd = part.indexOf(0, 5)
    const textEnd = part.indexOf(0, nameEnd + 1)
    const text = part.toString('utf8', nameEnd + 1, textEnd)
    this.#heard(text)
    if (nameEnd > 5 || part.length > textBytesMax || !isPlanned.test(text)) return undefined
    // The types of its parameters are a part of it.
    const key = part.toString('latin1', nameEnd + 1)
    const kept = this.#kept.get(key)
    if (kept !== undefined && this.#now() < kept.until) return { key, name: kept.name, isNew: false as const }
    this.#forget(key)
    if (this.#kept.size >= statementsMax)
      for (const oldest of this.#kept.keys()) {
        this.#forget(oldest)
        break
      }
    const name = `watertight_${(this.#names += 1)}`
    this.#kept.set(key, { name, until: this.#now() + keptMs })
    return { key, name, isNew: true as const, part: message('P', name, part.subarray(nameEnd + 1)) }
  }

  /** A statement that may change the schema ends all plans. */
  #heard(text: string): void {
    if (isPlanned.test(text) || isHarmless.test(text)) return
    this.forgetAll()
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key)
    if (kept === undefined) return
    this.#kept.delete(key)
    this.#forgotten.push(kept.name)
  }

  #asItIs(bytes: Buffer): CachedRequest {
    this.forgetAll()
    return { bytes, unparsed: [], keys: [] }
  }
}

/** Whether the client describes or closes a statement, and so knows it by a name of its own. */
function namesStatements(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1))
    if ((bytes[at] === describe || bytes[at] === close) && bytes[at + 5] === 0x53) return true
  return false
}

/** A bind of the unnamed statement, as one of a statement with this name. */
function named(part: Buffer, name: string): Buffer {
  const portalEnd = part.indexOf(0, 5) + 1
  if (part[portalEnd] !== 0) return part
  return message('B', part.subarray(5, portalEnd), name, part.subarray(portalEnd + 1))
}
