/** A header that nobody has asked for. */
const UNKNOWN_HEADER = 0
/** A header that is not to be forwarded. */
export const DROPPED_HEADER = 1

/** The headers that frame a message, or that belong to one connection: the codec's own. */
export const knownHeaders = {
  host: 2,
  'content-length': 3,
  'transfer-encoding': 4,
  connection: 5,
  expect: 6,
  upgrade: 7,
  te: 8,
  trailer: 9,
  'keep-alive': 10,
  'proxy-connection': 11,
} as const

/** The first number for names that users of the codec add. */
const FIRST_ADDED = 16
const NAME_BYTES_MAX = 64

interface Candidate {
  readonly id: number
  readonly bytes: Uint8Array
}

/**
 * Gives the headers that somebody looks at a number, so that nobody compares strings. Names are told apart by their
 * length first, and few known ones share it. O(length of the name).
 */
export class HeaderNames {
  private readonly byLength: readonly (readonly Candidate[])[]
  private readonly ids: ReadonlyMap<string, number>

  /** @param added names in lower case: letters, digits and hyphens */
  constructor(added: readonly string[] = []) {
    const ids = new Map<string, number>(Object.entries(knownHeaders))
    for (const name of added) if (!ids.has(name)) ids.set(name, FIRST_ADDED + ids.size)
    const byLength: Candidate[][] = Array.from({ length: NAME_BYTES_MAX + 1 }, () => [])
    for (const [name, id] of ids) {
      if (!/^[a-z0-9-]{1,64}$/.test(name)) {
        throw new Error(`cannot know header: name must be lower-case letters, digits and -, got '${name}'`)
      }
      byLength[name.length]!.push({ id, bytes: Buffer.from(name, 'latin1') })
    }
    this.byLength = byLength
    this.ids = ids
  }

  /** The number of a known name, for whoever asks for a header later. */
  id(name: string): number {
    return this.ids.get(name) ?? UNKNOWN_HEADER
  }

  /** The number of the name that stands here; its bytes are known to be those of a token. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length > NAME_BYTES_MAX) return UNKNOWN_HEADER
    const candidates = this.byLength[length]!
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index]!
      if (sameName(candidate.bytes, bytes, start, length)) return candidate.id
    }
    return UNKNOWN_HEADER
  }
}

/** Of the bytes of a token, only letters in capitals become a letter by this bit, and known names have no others. */
function sameName(name: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if ((bytes[start + index]! | 0x20) !== name[index]) return false
  }
  return true
}
