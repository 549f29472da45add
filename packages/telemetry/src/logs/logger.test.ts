import { readFileSync } from 'node:fs'
import { OptionError } from '@watertight/policy'
import { Ajv } from 'ajv'
import type { Logger } from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import type { EventAttributes, TraceIds } from '../tracing/tracing.js'
import { createLogger, type LogLevel } from './logger.js'

const schema = JSON.parse(
  readFileSync(new URL('../../log-line.schema.json', import.meta.url), 'utf8'),
) as object
const isLogLine = new Ajv({ strict: true }).compile(schema)
const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }

let lines: Record<string, unknown>[]
let log: Logger
beforeEach(() => {
  lines = []
  log = createLogger({
    service: 'order',
    level: 'trace',
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    context: () => ({ requestId: 'request-1', correlationId: `c${'o'.repeat(500)}` }),
    tracing: { activeIds: () => ids },
    secrets: ['loyaltyNumber'],
  })
})

function last(): Record<string, unknown> {
  return lines.at(-1) ?? {}
}

it('every line is as the published schema says', () => {
  log.info('started')
  log.debug({ port: 80 }, 'listening on %d', 80)
  log.error(new Error('down', { cause: new TypeError('odd') }))
  log.fatal({ err: 'a thrown text' }, 'lost')
  log.warn({ err: Object.assign(new Error('x'), { name: 7, message: {}, stack: 1 }) })
  log.info({ level: 'spoofed', time: 0, service: 1, msg: {}, trace_id: 'x', request_id: 5 })
  log.info(null)
  log.info(undefined, 'nothing')
  log.info([1, 2], 'a list')
  log.info(Symbol('odd'))
  log.child({ module: 'cart', msg: 'm', err: new Error('bound') }).trace({ circle: log }, 'deep')
  createLogger({ service: 'cart', destination: { write: (line) => void lines.push(JSON.parse(line)) } }).info(
    'bare',
  )
  expect(lines).toHaveLength(12)
  for (const line of lines) expect([line, isLogLine(line), isLogLine.errors]).toEqual([line, true, null])
})

it('the schema refuses what is no log line', () => {
  log.info('started')
  for (const change of [
    { level: 30 },
    { time: 5 },
    { trace_id: 'x' },
    { span_id: undefined },
    { err: 'x' },
  ]) {
    const line = JSON.parse(JSON.stringify({ ...last(), ...change })) as object
    expect([change, isLogLine(line)]).toEqual([change, false])
  }
})

it('names service, trace, request and correlation', () => {
  log.info({ order: 7 }, 'placed')
  expect(last()).toMatchObject({
    level: 'info',
    service: 'order',
    msg: 'placed',
    order: 7,
    trace_id: ids.traceId,
    span_id: ids.spanId,
    request_id: 'request-1',
    correlation_id: `c${'o'.repeat(199)}`,
  })
})

it('gives errors with their causes, and their message to a line that has none', () => {
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  log.error(new Error('charge failed', { cause }))
  expect(last()).toMatchObject({
    msg: 'charge failed',
    err: { type: 'Error', message: 'charge failed', cause: { code: 'ECONNRESET', message: 'reset' } },
  })
  log.error({ err: cause }, 'call %s failed', 'payment')
  expect(last()).toMatchObject({ msg: 'call payment failed', err: { code: 'ECONNRESET' } })
})

it('puts each line on the active span as an event, bounded and without secrets, and none outside of a span', () => {
  const events: [string, EventAttributes][] = []
  let active: TraceIds | undefined = ids
  const addEvent = (name: string, attributes: EventAttributes) => void events.push([name, attributes])
  const tracing = { activeIds: () => active, addEvent }
  const traced = createLogger({ service: 'order', destination: { write: () => {} }, tracing })
  traced.info({ order: 7, paid: true, token: 'hunter2', cart: { items: 2 }, none: null }, 'placed %d', 3)
  traced.error(Object.assign(new TypeError('no stock'), { stack: 'at reserve' }))
  traced.warn(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`field${n}`, 'x'.repeat(2_000)])))
  traced.debug('below its level')
  active = undefined
  traced.info('outside')
  expect(events.slice(0, 2)).toEqual([
    ['placed 3', { 'log.severity': 'info', order: 7, paid: true, token: '[redacted]', cart: '{"items":2}' }],
    [
      'no stock',
      {
        'log.severity': 'error',
        'exception.type': 'TypeError',
        'exception.message': 'no stock',
        'exception.stacktrace': 'at reserve',
      },
    ],
  ])
  expect(events).toHaveLength(3)
  const [name, { 'log.severity': severity, ...fields }] = events[2]!
  expect([name, severity]).toEqual(['log', 'warn'])
  expect(Object.values(fields)).toEqual(Array.from({ length: 20 }, () => 'x'.repeat(1_000)))
})

describe('secrets stay out', () => {
  const secret = 'hunter2'
  it.each<readonly [string, (to: Logger) => void]>([
    ['of fields', (to) => to.info({ headers: { authorization: secret, 'Set-Cookie': [secret] } })],
    ['of fields named by the application', (to) => to.info({ member: { loyalty_number: secret } })],
    ['of the message', (to) => to.info(`called with Bearer ${secret}`)],
    ['of the message behind fields', (to) => to.info({ a: 1 }, `password=${secret}`)],
    [
      'of objects in the message',
      (to) => to.info('called with %o and %j', { token: secret }, { pin: secret }),
    ],
    ['of an error', (to) => to.error(new Error(`GET /?token=${secret} failed`))],
    ['of an error in a field', (to) => to.error({ err: new Error(`api_key=${secret}`) })],
    [
      'of a child',
      (to) =>
        to
          .child({ cookie: secret })
          .child({ deep: { apiKey: secret } })
          .info('hello'),
    ],
    [
      'of a child with options',
      (to) => to.child({ cookie: secret }, { level: 'trace' }).info({ cvv: secret }),
    ],
    ['of changed bindings', (to) => (to.setBindings({ password: secret }), to.info('hello'))],
  ])('%s', (_name, write) => {
    write(log)
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(last())).toContain('[redacted]')
    expect(JSON.stringify(last())).not.toContain(secret)
  })
})

it('writes nothing below its level, and goes on when the context has nothing', () => {
  const quiet = createLogger({
    service: 'order',
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
    context: () => undefined,
  })
  quiet.debug('unheard')
  quiet.info('heard')
  expect(lines.map(({ msg }) => msg)).toEqual(['heard'])
  expect(Object.keys(last())).toEqual(['level', 'time', 'service', 'msg'])
})

it('refuses a service without a name, and a level that does not exist', () => {
  expect(() => createLogger({ service: '' })).toThrow(OptionError)
  expect(() => createLogger({ service: 'order', level: 'loud' as LogLevel })).toThrow(
    "cannot create logger: level must be one of fatal, error, warn, info, debug, trace, silent, got 'loud'",
  )
})
