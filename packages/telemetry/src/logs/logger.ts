import { OptionError } from '@watertight/policy'
import { pino, stdTimeFunctions, type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import type { Tracing } from '../tracing/tracing.js'
import { lineAsEvent } from './line-as-event.js'
import { safeArguments, safeFields } from './safe-fields.js'
import { SecretNames } from './secret-names.js'
import { withoutSecrets } from './without-secrets.js'

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Which work a line belongs to. */
export interface LogContext {
  readonly requestId?: string | undefined
  readonly correlationId?: string | undefined
}

export interface LoggerSettings {
  /** The service that logs: the field `service` of every line. */
  readonly service: string
  /** The least level that is written. Default `info`. */
  readonly level?: LogLevel | undefined
  /** Where lines go. Default standard output. */
  readonly destination?: DestinationStream | undefined
  /** Asked at every line for the request that the running code works for. Default nothing. */
  readonly context?: (() => LogContext | undefined) | undefined
  /**
   * Whose active span names `trace_id` and `span_id`, and gets each line as an event, so that a viewer of traces shows
   * it where it belongs. Default nobody's.
   */
  readonly tracing?: (Pick<Tracing, 'activeIds'> & Partial<Pick<Tracing, 'addEvent'>>) | undefined
  /** Further names of fields and headers that hold secrets, in any case. Default none. */
  readonly secrets?: readonly string[] | undefined
}

const LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/**
 * A pino logger whose lines are JSON, carry the ids of trace and request, and hold no secrets: fields and headers with
 * the name of one, at any depth, and text that looks like one are replaced by `[redacted]`. Every line is bounded, and
 * is as `log-line.schema.json` of this package says.
 *
 * @throws {OptionError} when `service` or `level` is not allowed
 * @example
 * const log = createLogger({ service: 'order', secrets: ['loyaltyNumber'] })
 * log.info({ headers: { authorization: 'Bearer abcdef' } }, 'charge sent')
 */
export function createLogger(settings: LoggerSettings): Logger {
  const { service, level = 'info', destination, context, tracing } = settings
  if (typeof service !== 'string' || service === '') {
    throw new OptionError(`cannot create logger: service must be a name, got '${service}'`, 'service')
  }
  if (!LEVELS.includes(level)) {
    throw new OptionError(
      `cannot create logger: level must be one of ${LEVELS.join(', ')}, got '${level}'`,
      'level',
    )
  }
  const secrets = new SecretNames(settings.secrets)
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // What comes to pino is a copy already: its own serializer would take it for an error of the class Object.
    serializers: { err: (copy: unknown) => copy },
    mixin: () => idsOf(context, tracing),
    // A field of the line's own may not replace the ids of the work that it belongs to.
    mixinMergeStrategy: (fields, ids) => ({ ...fields, ...ids }),
    hooks: {
      logMethod(input, method, number) {
        const line = safeArguments(input, secrets)
        method.apply(this, line as Parameters<typeof method>)
        if (tracing?.addEvent === undefined || tracing.activeIds() === undefined) return
        const { name, attributes } = lineAsEvent(line, this.levels.labels[number])
        tracing.addEvent(name, attributes)
      },
    },
  }
  return withSafeBindings(destination === undefined ? pino(options) : pino(options, destination), secrets)
}

function idsOf(
  context: LoggerSettings['context'],
  tracing: LoggerSettings['tracing'],
): Record<string, string> {
  const ids: Record<string, string> = {}
  const active = tracing?.activeIds()
  if (active !== undefined) {
    ids['trace_id'] = active.traceId
    ids['span_id'] = active.spanId
  }
  const { requestId, correlationId } = context?.() ?? {}
  if (typeof requestId === 'string') ids['request_id'] = idText(requestId)
  if (typeof correlationId === 'string') ids['correlation_id'] = idText(correlationId)
  return ids
}

/** Ids come from a caller's headers. */
function idText(id: string): string {
  return withoutSecrets(id).slice(0, ID_CHARACTERS_MAX)
}

const ID_CHARACTERS_MAX = 200

/** Bindings of child loggers are written without passing the hooks, so they are copied when they are bound. */
function withSafeBindings(logger: Logger, secrets: SecretNames): Logger {
  const methods = Object.getPrototypeOf(logger) as Logger
  // Own properties of the root logger: its children, and theirs, find these by their prototypes.
  return Object.assign(logger, {
    child(this: Logger, bindings: object, options?: object) {
      return methods.child.call(this, safeFields(bindings, secrets), options)
    },
    setBindings(this: Logger, bindings: object) {
      methods.setBindings.call(this, safeFields(bindings, secrets))
    },
  })
}
