import { createHash } from 'node:crypto'

/** A value of a configuration as it is written to a file. */
export type Json = { readonly [key: string]: unknown }

/** A message of Envoy's that says which type it is. */
export function typed(type: string, fields: Json = {}): Json {
  return { '@type': `type.googleapis.com/${type}`, ...fields }
}

/** A duration as protobuf's JSON has it. Milliseconds, rounded to a microsecond. */
export function seconds(ms: number): string {
  return `${Math.round(ms * 1_000) / 1_000_000}s`
}

/** What is in a file, with a version: Envoy's statistics tell which one is in force. */
export function withVersion(resources: readonly Json[]): Json {
  const version = createHash('sha256').update(JSON.stringify(resources)).digest('hex').slice(0, 12)
  return { version_info: version, resources }
}
