import { createHash } from 'node:crypto'

/** What a request asks for: two of the same fingerprint are the same request. */
export interface Payload {
  readonly method: string
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  /** As `canonicalBody` writes it. */
  readonly body: string
}

/** A SHA-256 of the payload, in which parts cannot run into one another. */
export function fingerprintOf({ method, path, query, body }: Payload): string {
  return digestOf([method, path, canonicalQuery(query), body])
}

/** One id for caller, method, route and key together: what is kept tells neither who called nor the key. */
export function claimIdOf(caller: string, method: string, route: string, key: string): string {
  return digestOf([caller, method, route, key])
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/** By name, and in the order given where a name stands twice. */
function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '')
  return pairs.sort((one, other) => compare(nameOf(one), nameOf(other))).join('&')
}

const nameOf = (pair: string): string => pair.split('=', 1)[0]!

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1)
