const policy = {
  timeout: { connect: '1s', attempt: '1s', total: '3s', idle: '30s' },
  retry: {
    attempts: 3,
    on: ['5xx', 'connect-failure', 'refused-stream', 'reset', 'reset-before-request', 'unavailable', 429],
    backoff: { initial: '100ms', max: '3s', jitter: 'full', pushback: '30s' },
    budget: { ratio: '20%', minimum: 3 },
  },
  breaker: { failureRate: '50%' },
  bulkhead: { concurrency: 10, queue: 10, connections: 5, pending: 5 },
  ejection: { consecutiveFailures: 5, interval: '10s', baseEjection: '30s', maxEjected: '50%', panic: '50%' },
  rateLimit: { limit: 100, per: '1s', burst: 200 },
  answers: [503],
  balance: 'ring-hash',
  hashOn: { header: 'x-user' },
}

const services = {
  order: {
    enforce: 'sidecar',
    calls: {
      payment: {
        policy: 'standard',
        operations: { 'POST /charges/:id': { idempotent: 'by-key' } },
        fallback: { status: 200, body: { message: 'later' } },
      },
      stock: { hedge: { after: '100ms' }, hashOn: 'ip', balance: 'ring-hash' },
      bank: { retry: { attempts: 2, budget: 'off' }, hashOn: { cookie: 'session' } },
      database: { retry: {} },
    },
  },
  payment: {
    endpoints: ['127.0.0.1:7001', '127.0.0.1:7002'],
    versions: { stable: { port: 7001 }, canary: { port: 7002 } },
    health: { ready: '/ready', interval: '1s', unhealthy: 2, healthy: 2 },
    connections: { max: 100, idle: '60s' },
  },
  stock: { protocol: 'h2', port: 7003 },
  bank: { endpoints: ['https://bank.example'] },
  database: { protocol: 'postgres', port: 5432 },
}

const routes = [
  { match: { path: { exact: '/ab' }, methods: ['GET'], hosts: ['shop.example'] }, to: 'payment' },
  {
    match: {
      path: '/pay',
      headers: { 'x-user': { prefix: 'a' }, 'x-old': { present: false } },
      query: { v: '2', w: { regex: '[0-9]+' } },
    },
    to: 'payment',
    operations: { 'POST /pay/charges': { idempotent: true } },
    split: { stable: '95%', canary: '5%' },
    mirror: { to: 'stock', share: '50%' },
    fault: { delay: { by: '300ms', share: '10%' }, abort: { status: 503, share: '0.5%' } },
    rewrite: '/',
    headers: {
      request: { set: { 'x-a': '100%' }, add: { 'x-b': '1' }, remove: ['x-c'] },
      response: { remove: ['server'] },
    },
    cors: { origins: ['https://*.shop.example'], methods: ['GET'], credentials: true },
  },
  { match: { path: { regex: '/things/[0-9]+' }, methods: ['GET'] }, to: 'bank', cors: { origins: ['*'] } },
  { match: { path: { prefix: '/old' } }, redirect: { to: 'https://shop.example/new', status: 308 } },
  { match: { path: '/moved' }, redirect: { scheme: 'https', prefix: '/here' } },
  { match: { path: '/version' }, respond: { status: 200, body: { version: 'x'.repeat(5_000) } } },
]

/** Documents that say most of what can be said: one for a sidecar, one for a gateway. */
export const wholeDocuments = {
  sidecar: { watertight: 'v1', system: 'shop', policies: { standard: policy }, services },
  gateway: {
    watertight: 'v1',
    system: 'shop',
    policies: { standard: policy },
    services,
    gateway: {
      listen: { port: 8_080 },
      policy: 'standard',
      trust: ['10.0.0.0/8', '::1'],
      limits: { idle: '60s', headersTimeout: '10s', requestTimeout: 'off', body: '10MB', replayBody: '1MB' },
      normalizePath: true,
      mergeSlashes: true,
      http10: true,
      continue: 'service',
      routes,
    },
  },
}

/** Where the sidecar is called for each service. */
export const outbound = { payment: 7_101, stock: 7_102, bank: 7_103, database: 7_104 }
