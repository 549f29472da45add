import { format } from 'node:util'
import type { EventAttributes } from '../tracing/tracing.js'
import type { Loggable } from './redacted.js'

const ATTRIBUTES_MAX = 20
const CHARACTERS_MAX = 1_000

export interface SpanEvent {
  readonly name: string
  readonly attributes: EventAttributes
}

/**
 * Makes what stands in a log line an event of a span: the message is its name, an error is an exception by the names
 * of OpenTelemetry, and whatever is no plain value is JSON. Bounded in number and length.
 *
 * @param line fields and message as they go to pino: free of secrets already
 */
export function lineAsEvent([first, ...rest]: readonly unknown[], level: string | undefined): SpanEvent {
  const isText = typeof first === 'string'
  const [message, ...values] = isText ? [first, ...rest] : rest
  const fields = isText ? {} : (first as Readonly<Record<string, Loggable>>)
  const attributes: Record<string, string | number | boolean> = { 'log.severity': level ?? 'unknown' }
  for (const [name, value] of Object.entries(fields).slice(0, ATTRIBUTES_MAX)) {
    if (name === 'err') Object.assign(attributes, exception(value))
    else if (value !== null) attributes[name] = plain(value)
  }
  const text = typeof message === 'string' ? format(message, ...values) : ''
  return { name: text.slice(0, CHARACTERS_MAX) || 'log', attributes }
}

function exception(error: Loggable): Record<string, string | number | boolean> {
  const attributes: Record<string, string | number | boolean> = {}
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return attributes
  const { type, message, stack } = error
  for (const [name, value] of Object.entries({ type, message, stacktrace: stack }))
    if (typeof value === 'string') attributes[`exception.${name}`] = plain(value)
  return attributes
}

function plain(value: Loggable): string | number | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, CHARACTERS_MAX)
}
