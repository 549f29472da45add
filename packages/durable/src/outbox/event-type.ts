import type { Schema } from './schema.js'

/** What is published under one name: the shape of its data, its version, and how data of earlier versions becomes it. */
export interface EventType<Data> {
  /** Default 1. */
  readonly version?: number
  readonly schema: Schema<Data>
  /** By the version that each one starts from: `{ 1: (data) => ({ ...data, currency: 'EUR' }) }` leads from 1 to 2. */
  readonly upcasts?: Readonly<Record<number, (data: never) => unknown>>
}

export type EventTypes = Readonly<Record<string, EventType<unknown>>>

/** The data of an event type, as its schema gives it. */
export type DataOf<Type> = Type extends { readonly schema: { parse(input: unknown): infer Data } }
  ? Data
  : never

/**
 * Brings data that was published under `version` to the shape of today.
 *
 * @throws {Error} when the data is newer than the type, or an upcast is missing
 */
export function upcast(name: string, type: EventType<unknown>, version: number, data: unknown): unknown {
  const current = type.version ?? 1
  if (version > current) {
    throw new Error(`cannot read event ${name}: its version must be <= ${current} here, got ${version}`)
  }
  let upcasted = data
  for (let from = version; from < current; from += 1) {
    const step = type.upcasts?.[from]
    if (step === undefined)
      throw new Error(`cannot read event ${name}: there must be an upcast from version ${from}`)
    upcasted = step(upcasted as never)
  }
  return upcasted
}
