import fc from 'fast-check'

/** Cases a property: some hundreds in all in an ordinary run, thousands in a deep one, 100,000 and more in the nightly one. */
export const RUNS: number = Number(process.env['WATERTIGHT_FUZZ'] ?? 80)

/** The nightly run takes its time; others end in seconds. */
export const FUZZ_TIMEOUT: { readonly timeout: number } = { timeout: 3_600_000 }

/** A document that uses the whole format. */
export const VALID = `# yaml-language-server: $schema=./node_modules/watertight/manifest.schema.json
watertight: v1
system: orders
reviewed: 2026-11-30

policies:
  standard:
    timeout:  { connect: 1s, attempt: 1s, total: 4s }
    retry:    { attempts: 3, on: [gateway-error, connect-failure, 503], backoff: { initial: 100ms, max: 3s, jitter: full }, budget: { ratio: 20%, minimum: 3 } }
    breaker:  { window: { calls: 100 }, failureRate: 50%, slowCalls: { over: 800ms, rate: 80% }, openFor: 30s, halfOpenCalls: 5 }
    answers:  [501, retriable-4xx]
    hedge:    { after: 800ms, extra: 1 }
    bulkhead: { concurrency: 10, queue: 10, maxWait: 100ms }
    ejection: { consecutiveFailures: 5, interval: 10s, baseEjection: 30s, maxEjected: 50% }
    balance:  least-request
  patient:
    extends: standard
    timeout: { attempt: 5s, total: 16s }
    mode: observe

services:
  order:
    run: node dist/order.js            # how it is started
    port: 7001
    versions: { stable: { port: 7001 }, canary: { endpoints: ["127.0.0.1:7011"] } }
    connections: { max: 100, idle: 4s }
    health: { live: /healthz, ready: { path: /readyz, checks: [payment] } }
    objective: { availability: 99.5%, latency: { p99: 300ms }, window: 30d }
    scale: { min: 2, max: 20, cpu: 70%, maxUnavailable: 1 }
    calls:
      payment: { policy: patient, operations: { "POST /charges": { idempotent: by-key } }, fallback: { queue: charges-later } }
      loyalty:
        policy: standard
        optional: true
        fallback: { status: 200, body: { message: "Loyalty points currently unavailable, but your order is processed!" } }
    publishes: [order-created]
    consumes:
      payment-settled: { idempotent: inbox, deadLetter: payment-settled-dead }
    outbox: { relay: self }
  payment:
    run: node dist/payment.js
    publishes: [payment-settled]
  loyalty: {}
  legacy-tax:
    run: python3 tax.py
    enforce: sidecar

gateway:
  listen: { port: 8080, tls: { certificate: ./tls/cert.pem, key: ./tls/key.pem } }
  timeout: { total: 20s }
  limits: { idle: 60s, headersTimeout: 10s, requestTimeout: off, body: 10MB, requestsPerConnection: 10000 }
  trust: ["10.0.0.0/8"]
  routes:
    - { match: { path: { regex: "/v[0-9]+" }, headers: { x-user: { prefix: a } }, query: { v: "2" } }, respond: { status: 200, body: "1.2.3" } }
    - { match: { path: { exact: /old } }, redirect: { to: "https://shop.example/new", status: 308 } }
    - { match: { path: /orders, methods: [GET, POST] }, to: order, split: { stable: 95%, canary: 5% }, rewrite: /v2, headers: { request: { remove: [x-b] } }, cors: { origins: ["https://shop.example"] } }

sagas:
  place-order:
    steps:
      - { name: reserve, compensate: release }
      - { name: charge, service: payment }
alerts:
  order-burns: { service: order, burnRate: 14.4, long: 1h, short: 5m }
chaos:
  slow-payment: { target: payment, fault: latency, every: 7d }
findings:
  WT-DATA-EVENT-NOT-CONSUMED: { severity: off, reason: "the warehouse listens too" }
`

const FRAGMENTS = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ': ',
  ' #',
  '"',
  "'",
  '\n',
  '  ',
  '\t',
  '- ',
  '&a ',
  '*a',
  '!!x ',
  '|',
  '>',
  '? ',
  '---\n',
]
const MORE = [
  '%',
  ',',
  '\\',
  '\u0000',
  '\uD800',
  '\u00e9',
  '__proto__',
  'constructor',
  '1e999',
  'null',
  '~',
  '<<: ',
  '\r\n',
  '...',
  '-1',
]

/** The valid document with a few random edits: pieces removed, repeated, replaced or broken by syntax. */
export function corruptedText(): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(VALID.length),
    remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(80)),
    insert: fc.oneof(
      fc.constantFrom(...FRAGMENTS, ...MORE),
      fc.string({ maxLength: 4 }),
      fc.tuple(fc.nat(VALID.length), fc.nat(60)).map(([from, length]) => VALID.slice(from, from + length)),
    ),
  })
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    return edits.reduce(
      (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
      VALID,
    )
  })
}
