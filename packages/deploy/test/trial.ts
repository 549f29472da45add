import { type Word, policyWords } from '@watertight/manifest/tooling'

/** A key alone, with values that mean different things. */
export interface Trial {
  readonly values: readonly unknown[]
  /** What else must be there for the key to have a meaning, by place. */
  readonly beside?: Readonly<Record<string, unknown>>
}

/** Keys that say nothing about traffic, or only to others, with the reason. */
export const elsewhere: readonly (readonly [keys: RegExp, reason: string])[] = [
  [/^(watertight|description|reviewed|.*\.description)$/, 'for people'],
  [
    /^(mesh|platform|stores|broker|events|sagas|alerts|monitoring|chaos|drills|findings)\./,
    'for other parts of the system',
  ],
  [
    /^services\.\*\.(run|external|objective\..*|scale\..*|capacity|drain|state|release)$/,
    'how a service is run',
  ],
  [
    /^services\.\*\.(callOrder|store|publishes|consumes\..*|outbox\..*|idempotency\..*)$/,
    'what a service does',
  ],
  [/^services\.\*\.health\.(live|startup)\./, 'for whoever starts processes'],
  [/^services\.\*\.health\.ready\.checks$/, 'what the probe depends on'],
  [/^services\.\*\.calls\.\*\.(optional|clientAttempts)$/, 'for check'],
  [/^gateway\.engine$/, 'for whoever starts it'],
  [/\.(breaker\.answers|hedge\.attempts)$/, 'former names'],
]

const time: Trial = { values: ['2s', '7s'] }
const flag: Trial = { values: [true, false] }
const text: Trial = { values: ['abc', 'abd'] }
const path: Trial = { values: ['/abc', '/abd'] }
const status: Trial = { values: [501, 502] }
const share: Trial = { values: ['30%', '60%'] }
const fallback = { values: [{ status: 200 }, { status: 201 }] }
const own = { 'gateway.routes[].to': undefined }

/** What to try for each key outside of policies. */
export const trials: Readonly<Record<string, Trial>> = {
  system: { values: ['shop', 'store'] },
  enforce: { values: ['sidecar', 'process'], beside: { 'services.*.enforce': undefined } },
  mode: { values: ['enforce', 'observe'] },
  mutualTls: flag,
  'policies.*.extends': {
    values: ['one', 'two'],
    beside: { 'policies.one': { retry: {} }, 'policies.two': {} },
  },
  'policies.*.instance': { values: ['per-callee', 'shared'] },
  'services.*.port': { values: [7_001, 7_002], beside: { 'services.*.endpoints': undefined } },
  'services.*.endpoints': { values: [['127.0.0.1:1'], ['payment.internal:1'], ['https://bank.example']] },
  'services.*.versions.*.port': {
    values: [1, 2],
    beside: { 'gateway.routes[].split': { canary: 1, stable: 1 } },
  },
  'services.*.versions.*.endpoints': {
    values: [['127.0.0.1:1'], ['127.0.0.1:2']],
    beside: { 'gateway.routes[].split': { canary: 1, stable: 1 } },
  },
  'services.*.callers': { values: [['order'], 'any'] },
  'services.*.sidecar.application': { values: [1, 2], beside: { 'services.order.port': 7_009 } },
  'services.*.sidecar.outbound.*': { values: [1, 2] },
  'services.*.protocol': { values: ['http1', 'h2', 'postgres'] },
  'services.*.connections.max': { values: [1, 2] },
  'services.*.connections.idle': time,
  ...sheds('services.*'),
  ...sheds('gateway'),
  'services.*.enforce': { values: ['sidecar', 'process'] },
  'services.*.health.ready.path': path,
  'services.*.health.interval': { ...time, beside: { 'services.*.health.ready': '/ready' } },
  'services.*.health.unhealthy': { values: [1, 3], beside: { 'services.*.health.ready': '/ready' } },
  'services.*.health.healthy': { values: [1, 3], beside: { 'services.*.health.ready': '/ready' } },
  'services.*.calls.*.policy': { values: ['standard', 'other'], beside: { 'policies.other': { retry: {} } } },
  'services.*.calls.*.operations.*.idempotent': {
    values: [true, false, 'by-key'],
    beside: { 'services.*.calls.*.retry': { on: ['5xx'] } },
  },
  'services.*.calls.*.fallback.status': { values: [200, 201] },
  'services.*.calls.*.fallback.body': {
    values: ['a', 'b'],
    beside: { 'services.*.calls.*.fallback.status': 200 },
  },
  'services.*.calls.*.fallback.queue': text,
  'services.*.calls.*.fallback.cache.maxAge': time,
  'services.*.calls.*.enforce': { values: ['sidecar', 'process'] },
  'gateway.listen.host': { values: ['127.0.0.1', '0.0.0.0'] },
  'gateway.listen.port': { values: [1, 2] },
  'gateway.listen.tls.certificate': {
    values: ['a.pem', 'b.pem'],
    beside: { 'gateway.listen.tls.key': 'k.pem' },
  },
  'gateway.listen.tls.key': {
    values: ['a.pem', 'b.pem'],
    beside: { 'gateway.listen.tls.certificate': 'c.pem' },
  },
  'gateway.policy': { values: ['standard', 'other'], beside: { 'policies.other': { retry: {} } } },
  'gateway.trust': { values: [['10.0.0.0/8'], ['::1']] },
  'gateway.limits.idle': time,
  'gateway.limits.headersTimeout': time,
  'gateway.limits.requestTimeout': time,
  'gateway.limits.headers': { values: ['4KiB', '8KiB'] },
  'gateway.limits.body': { values: ['4KiB', 'off'] },
  'gateway.limits.requestsPerConnection': { values: [1, 'off'] },
  'gateway.limits.replayBody': { values: ['4KiB', '8KiB'] },
  'gateway.normalizePath': flag,
  'gateway.mergeSlashes': flag,
  'gateway.http10': flag,
  'gateway.continue': { values: ['here', 'service'] },
  'gateway.routes[].match.path.exact': path,
  'gateway.routes[].match.path.prefix': path,
  'gateway.routes[].match.path.regex': path,
  'gateway.routes[].match.methods': { values: [['GET'], ['PUT'], ['CONNECT']] },
  'gateway.routes[].match.hosts': { values: [['a.example'], ['*.example']] },
  'gateway.routes[].to': { values: ['payment', 'order'], beside: { 'services.order.port': 7_009 } },
  'gateway.routes[].redirect.to': { ...path, beside: own },
  'gateway.routes[].redirect.scheme': { values: ['http', 'https'], beside: own },
  'gateway.routes[].redirect.host': { ...text, beside: own },
  'gateway.routes[].redirect.port': { values: [1, 2], beside: own },
  'gateway.routes[].redirect.prefix': { ...path, beside: own },
  'gateway.routes[].redirect.path': { ...path, beside: own },
  'gateway.routes[].redirect.status': {
    values: [301, 308],
    beside: { ...own, 'gateway.routes[].redirect.to': '/a' },
  },
  'gateway.routes[].respond.status': { ...status, beside: own },
  'gateway.routes[].respond.body': { ...text, beside: { ...own, 'gateway.routes[].respond.status': 200 } },
  'gateway.routes[].policy': { values: ['standard', 'other'], beside: { 'policies.other': { retry: {} } } },
  'gateway.routes[].operations.*.idempotent': {
    values: [true, false, 'by-key'],
    beside: { 'gateway.routes[].retry': { on: ['5xx'] } },
  },
  'gateway.routes[].fallback.status': { values: fallback.values.map(({ status: one }) => one) },
  'gateway.routes[].fallback.body': { ...text, beside: { 'gateway.routes[].fallback.status': 200 } },
  'gateway.routes[].fallback.queue': text,
  'gateway.routes[].fallback.cache.maxAge': time,
  'gateway.routes[].split.*': { values: [1, 2], beside: { 'gateway.routes[].split.stable': 5 } },
  'gateway.routes[].mirror.to': { values: ['payment', 'order'], beside: { 'services.order.port': 7_009 } },
  'gateway.routes[].mirror.version': {
    values: ['stable', 'canary'],
    beside: { 'gateway.routes[].mirror.to': 'payment' },
  },
  'gateway.routes[].mirror.share': { ...share, beside: { 'gateway.routes[].mirror.to': 'payment' } },
  'gateway.routes[].fault.delay.by': time,
  'gateway.routes[].fault.delay.share': { ...share, beside: { 'gateway.routes[].fault.delay.by': '1s' } },
  'gateway.routes[].fault.abort.status': status,
  'gateway.routes[].fault.abort.share': { ...share, beside: { 'gateway.routes[].fault.abort.status': 503 } },
  'gateway.routes[].rewrite.prefix': path,
  'gateway.routes[].rewrite.path': path,
  'gateway.routes[].rewrite.host': text,
  'gateway.routes[].headers.request.set.*': text,
  'gateway.routes[].headers.request.add.*': text,
  'gateway.routes[].headers.request.remove': { values: [['x-a'], ['host']] },
  'gateway.routes[].headers.response.set.*': text,
  'gateway.routes[].headers.response.add.*': text,
  'gateway.routes[].headers.response.remove': { values: [['x-a'], ['x-b']] },
  'gateway.routes[].cors.origins': { values: [['*'], ['https://a.example'], ['https://*.a.example']] },
  ...cors('methods', { values: [['GET'], ['PUT']] }),
  ...cors('headers', { values: [['x-a'], ['x-b']] }),
  ...cors('expose', { values: [['x-a'], ['x-b']] }),
  ...cors('credentials', flag),
  ...cors('maxAge', time),
  ...matches('headers'),
  ...matches('query'),
}

function cors(key: string, trial: Trial): Record<string, Trial> {
  return {
    [`gateway.routes[].cors.${key}`]: { ...trial, beside: { 'gateway.routes[].cors.origins': ['*'] } },
  }
}

/** It is not compiled; the report speaks of the whole. */
function sheds(place: string): Record<string, Trial> {
  const keys: Readonly<Record<string, Trial>> = {
    concurrency: { values: [10, 20] },
    queue: { values: [10, 20] },
    eventLoopDelay: time,
    heapUsed: share,
    memory: { values: ['64MiB', '128MiB'] },
  }
  return Object.fromEntries(Object.entries(keys).map(([key, trial]) => [`${place}.shedding.${key}`, trial]))
}

function matches(kind: string): Record<string, Trial> {
  const place = `gateway.routes[].match.${kind}.*`
  return {
    [`${place}.exact`]: text,
    [`${place}.prefix`]: text,
    [`${place}.regex`]: text,
    [`${place}.present`]: flag,
  }
}

/** What to try for a key of a policy: it is in its word. */
export function policyTrial(name: string): Trial | undefined {
  if (name.startsWith('hashOn.')) return text
  const word = (policyWords as Readonly<Record<string, Word>>)[name]
  if (word === undefined) return undefined
  const [section] = name.split('.')
  const required: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    rateLimit: { 'rateLimit.limit': 10 },
    hedge: { 'hedge.after': '1s' },
    // Only who may wait waits, and only who judges has answers that are no failures.
    bulkhead: { 'bulkhead.queue': 5 },
    answers: { ejection: {} },
    adaptiveLimit: { 'adaptiveLimit.queue': 5 },
    'breaker.slowCalls': { 'breaker.slowCalls.over': '1s' },
  }
  const beside = required[name.split('.').slice(0, -1).join('.')] ?? required[section ?? '']
  return { values: valuesOf(name, word), ...(beside === undefined ? {} : { beside }) }
}

function valuesOf(name: string, { kind, range = [1, 2], choices = [] }: Word): readonly unknown[] {
  if (kind === 'duration') return ['2s', '7s']
  if (kind === 'share') return ['30%', '60%']
  if (kind === 'choice') return choices
  if (kind === 'hash-key') return [{ header: 'x-a' }, { cookie: 'a' }, { query: 'a' }, 'ip']
  if (kind === 'conditions') return name === 'answers' ? [[502], [503]] : choices.map((choice) => [choice])
  return [range[0] + 1, range[0] + 2]
}
