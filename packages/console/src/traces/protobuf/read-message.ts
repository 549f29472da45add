/** What a field holds. Numbers of 64 bits are told as text, and bytes of ids in hexadecimal, as OTLP does in JSON. */
export type FieldType =
  'text' | 'id' | 'bytes' | 'boolean' | 'enum' | 'int64' | 'fixed64' | 'double' | Message

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly isList?: true
}

/** The fields of a message by their numbers. */
export type Message = ReadonlyMap<number, Field>

/** Values may hold values: what lies deeper than this is passed over. */
const DEPTH_MAX = 16
/** An empty message is two bytes: so many bytes could be a great many objects. */
const MESSAGES_MAX = 500_000

const VARINT = 0
const EIGHT_BYTES = 1
const DELIMITED = 2
const FOUR_BYTES = 5

/**
 * Reads a message of Protocol Buffers (protobuf.dev, "Encoding") as the object that it is in JSON. Fields that nobody asks for are
 * passed over, as is one of another kind than it should be. The time is linear in the length.
 *
 * @throws RangeError when it is no such message
 */
export function readMessage(bytes: Uint8Array, message: Message): Record<string, unknown> {
  return new MessageReader(bytes).message(message, bytes.byteLength, 0)
}

class MessageReader {
  readonly #bytes: Buffer
  #at = 0
  #messages = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  message(message: Message, end: number, depth: number): Record<string, unknown> {
    this.#messages += 1
    if (this.#messages > MESSAGES_MAX) throw new RangeError(`there are more than ${MESSAGES_MAX} parts`)
    const read: Record<string, unknown> = {}
    while (this.#at < end) {
      const tag = Number(this.#varint())
      const field = message.get(Math.floor(tag / 8))
      const value = this.#value(tag % 8, field?.type, { end, depth })
      if (field === undefined || value === undefined) continue
      if (field.isList !== true) read[field.name] = value
      else ((read[field.name] ??= []) as unknown[]).push(value)
    }
    if (this.#at > end) throw new RangeError('a part of it is longer than the whole')
    return read
  }

  /** Undefined for what is passed over. */
  #value(
    kind: number,
    type: FieldType | undefined,
    within: { readonly end: number; readonly depth: number },
  ): unknown {
    if (kind === VARINT) return integerOf(this.#varint(), type)
    if (kind === DELIMITED) return this.#delimited(type, within)
    const start = this.#take(kind === EIGHT_BYTES ? 8 : kind === FOUR_BYTES ? 4 : -1, within.end)
    if (kind === FOUR_BYTES) return undefined
    if (type === 'fixed64') return this.#bytes.readBigUInt64LE(start).toString()
    return type === 'double' ? this.#bytes.readDoubleLE(start) : undefined
  }

  #delimited(
    type: FieldType | undefined,
    { end, depth }: { readonly end: number; readonly depth: number },
  ): unknown {
    const length = Number(this.#varint())
    const start = this.#take(length, end)
    const stop = this.#at
    if (type === 'text') return this.#bytes.toString('utf8', start, stop)
    if (type === 'id') return this.#bytes.toString('hex', start, stop)
    if (type === 'bytes') return this.#bytes.toString('base64', start, stop)
    if (typeof type !== 'object' || depth === DEPTH_MAX) return undefined
    this.#at = start
    return this.message(type, stop, depth + 1)
  }

  /** Steps over so many bytes; where they begin. */
  #take(length: number, end: number): number {
    const start = this.#at
    if (length < 0 || start + length > end) throw new RangeError('it breaks off')
    this.#at = start + length
    return start
  }

  #varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) throw new RangeError('it breaks off')
      this.#at += 1
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
    throw new RangeError('a number of it is longer than 64 bits')
  }
}

function integerOf(value: bigint, type: FieldType | undefined): unknown {
  if (type === 'int64') return BigInt.asIntN(64, value).toString()
  if (type === 'boolean') return value !== 0n
  return type === 'enum' ? Number(value) : undefined
}
