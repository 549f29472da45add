import { redacted, type Loggable } from './redacted.js'
import type { SecretNames } from './secret-names.js'
import { withoutSecrets } from './without-secrets.js'

/** Copies what is logged before pino sees it: fields, arguments of the message, and the message itself. */
export function safeArguments(input: readonly unknown[], secrets: SecretNames): unknown[] {
  const [first, second, ...rest] = input
  if (typeof first === 'string') {
    const values = input.slice(1).map((value) => redacted(value, secrets))
    return [withoutSecrets(first), ...values]
  }
  const fields = safeFields(first, secrets)
  const message = typeof second === 'string' ? withoutSecrets(second) : messageOf(first)
  const values = rest.map((value) => redacted(value, secrets))
  return [fields, message, ...values]
}

/** What is logged, or bound to a child logger, as fields of a line. */
export function safeFields(first: unknown, secrets: SecretNames): { [key: string]: Loggable } {
  if (first === undefined || first === null) return {}
  const copy = redacted(first instanceof Error ? { err: first } : first, secrets)
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return { value: copy }
  // Pino appends fields to those of its own, and a reader of JSON believes the last of two.
  for (const name of OWN_FIELDS) {
    if (name in copy) {
      copy[`fields_${name}`] = copy[name] ?? null
      delete copy[name]
    }
  }
  if ('err' in copy) copy['err'] = errorOf(copy['err'])
  return copy
}

/** Whatever was thrown, as what the schema says of an error. */
function errorOf(copy: Loggable | undefined): Loggable {
  const isError = typeof copy === 'object' && copy !== null && 'type' in copy && 'message' in copy
  return isError ? copy : { type: 'unknown', message: JSON.stringify(copy) }
}

const OWN_FIELDS = [
  'level',
  'time',
  'service',
  'msg',
  'trace_id',
  'span_id',
  'request_id',
  'correlation_id',
] as const

function messageOf(first: unknown): string {
  const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err
  // An error can be given any message.
  const message: unknown = error instanceof Error ? error.message : undefined
  return typeof message === 'string' ? withoutSecrets(message) : ''
}
