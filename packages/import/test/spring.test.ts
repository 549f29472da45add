import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { convert } from '../src/convert.js'
import { ImportError } from '../src/import-error.js'
import { importText, modelOf, reasonsOf } from './examples.js'

describe('application.properties', () => {
  it('is the other half of Spring: one line', () => {
    const conversion = importText(
      'resilience4j',
      'resilience4j.retry.instances.b.max-attempts=3\n',
      'in.properties',
    )
    expect(modelOf(conversion).policies.get('b')?.retry?.attempts).toBe(3)
    expect(conversion.manifest).toContain('attempts: 3 # in.properties:1 max-attempts')
  })

  it('is known by its look where there is no name, with comments, lists, escapes and long lines', () => {
    const text = `# of the payment team
spring.application.name = shop
resilience4j.retry.instances.b.max-attempts : 4
resilience4j.retry.instances.b.retry-exceptions[0]=java.net.ConnectException
resilience4j.retry.instances.b.retry-exceptions[1]=java.net.SocketTimeoutException
resilience4j.circuitbreaker.instances.b.\\
    failure-rate-threshold=40
`
    const conversion = importText('resilience4j', text, 'stdin')
    const policy = modelOf(conversion).policies.get('b')
    expect(policy?.retry).toMatchObject({
      attempts: 4,
      on: ['connect-failure', 'refused-stream', 'attempt-timeout'],
    })
    expect(policy?.breaker?.failureRate).toBe(0.4)
    expect(modelOf(conversion).calls[0]?.from).toBe('shop')
  })

  it('has documents too, of which one may be for a profile', () => {
    const text = `resilience4j.retry.instances.b.max-attempts=3
#---
spring.config.activate.on-profile=prod
resilience4j.retry.instances.b.max-attempts=5
`
    const attempts = (profiles: string[]) =>
      modelOf(importText('resilience4j', text, 'application.properties', { profiles })).policies.get('b')
        ?.retry?.attempts
    expect([attempts([]), attempts(['prod'])]).toEqual([3, 5])
  })
})

describe('several files', () => {
  const base = {
    file: 'a/application.yml',
    text: 'resilience4j.retry.instances.pay: { maxAttempts: 2, waitDuration: 1s }\n',
  }
  const prod = { file: 'a/application-prod.yml', text: 'resilience4j.retry.instances.pay.maxAttempts: 6\n' }

  it('a profile beside its base holds only when it is asked for', () => {
    const left = convert('resilience4j', [prod, base])
    expect(modelOf(left).policies.get('pay')?.retry?.attempts).toBe(2)
    expect(left.unsupported).toMatchObject([{ file: 'a/application-prod.yml', line: 1 }])
    expect(left.unsupported[0]?.reason).toContain('--profile prod')
    const asked = convert('resilience4j', [prod, base], { profiles: ['prod'] })
    expect(modelOf(asked).policies.get('pay')?.retry).toMatchObject({
      attempts: 6,
      backoff: { initialMs: 1_000 },
    })
    expect(asked.manifest).toContain('attempts: 6 # application-prod.yml:1 maxAttempts')
  })

  it('each folder is an application of its own, which another one may call', () => {
    const texts = [
      {
        file: 'order/src/main/resources/application.yml',
        text: 'resilience4j.retry.instances.payment-service.maxAttempts: 2\n',
      },
      {
        file: 'pay/src/main/resources/application.yml',
        text: 'spring.application.name: payment-service\nresilience4j.retry.instances.bank.maxAttempts: 3\n',
      },
      { file: 'mail/src/main/resources/application.yml', text: 'server.port: 80\n' },
    ]
    const { calls } = modelOf(convert('resilience4j', texts))
    expect(calls.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'order > payment-service',
      'payment-service > bank',
    ])
  })

  it('policies of callees with one name stay apart', () => {
    const texts = [
      { file: 'config/order.yml', text: 'resilience4j.retry.instances.bank.maxAttempts: 2\n' },
      { file: 'config/pay.yml', text: 'resilience4j.retry.instances.bank.maxAttempts: 3\n' },
    ]
    const { calls } = modelOf(convert('resilience4j', texts))
    expect(calls.map(({ from, policy }) => [from, policy.retry?.attempts])).toEqual([
      ['order', 2],
      ['pay', 3],
    ])
  })
})

describe('OpenFeign', () => {
  it('gives a client its time limits, those of default where it is silent', () => {
    const conversion = importText(
      'resilience4j',
      `spring.cloud.openfeign.client.config:
  default: { connectTimeout: 500, readTimeout: 2000, loggerLevel: basic }
  payment: { readTimeout: 3s }
`,
    )
    expect(modelOf(conversion).policies.get('payment')?.timeout).toMatchObject({
      connectMs: 500,
      attemptMs: 3_000,
    })
    expect(conversion.manifest).not.toContain('30s')
    expect(reasonsOf(conversion, 'loggerLevel')).toHaveLength(1)
  })

  it('joins the instance of the same name', () => {
    const conversion = importText(
      'resilience4j',
      `feign.client.config.payment.readTimeout: 3000
resilience4j.circuitbreaker.instances.payment: { slidingWindowSize: 10 }
`,
    )
    const { policies } = modelOf(conversion)
    expect([...policies.keys()]).toEqual(['payment'])
    expect(policies.get('payment')).toMatchObject({
      timeout: { attemptMs: 3_000 },
      breaker: { window: { calls: 10 } },
    })
  })
})

describe('Spring Cloud Gateway', () => {
  const text = `spring.cloud.gateway:
  httpclient: { connect-timeout: 1000, response-timeout: 5s }
  default-filters: [ "AddRequestHeader=x, y" ]
  routes:
    - id: orders
      uri: lb://order-service
      predicates: [ "Path=/orders/**", "Method=GET,POST" ]
      filters:
        - StripPrefix=1
        - name: Retry
          args: { retries: 3, statuses: BAD_GATEWAY, methods: GET, backoff: { firstBackoff: 10ms, maxBackoff: 50ms } }
    - id: pay
      uri: http://payment.shop.svc.cluster.local:8080
      predicates: [ Path=/pay, Host=**.shop.example ]
      metadata: { response-timeout: 200 }
    - id: odd
      uri: lb://odd
      predicates: [ Path=/odd, Cookie=chocolate ]
`
  it('becomes the gateway: limits, routes, retries', () => {
    const conversion = importText('resilience4j', text)
    const { routes, gatewayPolicy } = modelOf(conversion)
    expect(gatewayPolicy.timeout).toMatchObject({ connectMs: 1_000, attemptMs: 5_000 })
    expect(routes.map(({ match, to }) => ({ ...match, to }))).toMatchObject([
      { path: '/orders', pathKind: 'segments', methods: ['GET', 'POST'], hosts: [], to: 'order-service' },
      { path: '/pay', pathKind: 'exact', methods: [], hosts: ['*.shop.example'], to: 'payment' },
    ])
    expect(routes[0]?.policy.retry).toMatchObject({
      attempts: 4,
      on: [502, 'connect-failure', 'refused-stream', 'reset', 'attempt-timeout'],
    })
    expect(routes[1]?.policy.timeout?.attemptMs).toBe(200)
    expect(conversion.unsupported.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['spring.cloud.gateway.routes[2]']),
    )
  })
})

describe('filters of Spring Cloud Gateway', () => {
  const routeOf = (path: string, filters: string): string =>
    `spring.cloud.gateway.routes: [{ id: a, uri: lb://a, predicates: ["Path=${path}"], filters: [${filters}] }]\n`

  it.each([
    ['/api/a/**', '"StripPrefix=1"', { part: 'matched', path: '/a' }],
    ['/api/a/**', '"StripPrefix=2"', { part: 'matched', path: '/' }],
    ['/api/a/**', '{ name: StripPrefix, args: { parts: 2 } }', { part: 'matched', path: '/' }],
    ['/a/**', '"PrefixPath=/in"', { part: 'matched', path: '/in/a' }],
    ['/a', '"SetPath=/all"', { part: 'whole', path: '/all' }],
    ['/a/**', '"RewritePath=/a/(?<segment>.*), /$\\\\{segment}"', { part: 'matched', path: '/' }],
    ['/a/**', '"RewritePath=/a/?(?<rest>.*), /v2/$\\\\{rest}"', { part: 'matched', path: '/v2' }],
  ])('a route for %s with %s has its path rewritten', (path, filters, rewrite) => {
    const conversion = importText('resilience4j', routeOf(path, filters))
    expect(modelOf(conversion).routes[0]?.rewrite?.path).toEqual(rewrite)
    expect(conversion.unsupported.filter((entry) => entry.path.includes('filters'))).toEqual([])
  })

  it.each([
    ['/a/**', '"StripPrefix=2"', /more of the path than the route matches/],
    ['/a/**', '"PrefixPath=/in", "StripPrefix=2"', /not after another change of the path/],
    ['/a/**', '"PrefixPath=/{x}"', /says a path as it is/],
    ['/a/**', '"RewritePath=/a/(.*)/b, /$1"', /the part that the route matches/],
    ['/a/**', '"AddRequestHeader=X-User, {user}"', /something to be filled in/],
    ['/a/**', '{ name: CircuitBreaker, args: { name: x } }', /^write breaker under this route/],
    ['/a/**', '"RequestRateLimiter=1"', /^write rateLimit under this route/],
    ['/a/**', '"TokenRelay="', /no equivalent/],
  ])('a route for %s with %s says what to write instead', (path, filters, reason) => {
    const conversion = importText('resilience4j', routeOf(path, filters))
    expect(modelOf(conversion).routes[0]?.rewrite).toBeUndefined()
    expect(reasonsOf(conversion, 'filters[0]')).toEqual([expect.stringMatching(reason)])
  })

  it('change headers of the request and of the answer, those of every route too', () => {
    const text = `spring.cloud.gateway:
  default-filters: [ "AddRequestHeader=X-Zone, eu", "RemoveResponseHeader=Server", "TokenRelay=" ]
  routes:
    - { id: a, uri: lb://a, predicates: [ "Path=/a/**" ], filters: [ "SetResponseHeader=X-Frame-Options, DENY" ] }
    - { id: b, uri: lb://b, predicates: [ "Path=/b/**" ] }
`
    const conversion = importText('resilience4j', text)
    const zone = { request: { add: { 'X-Zone': 'eu' } } }
    expect(parse(conversion.manifest)).toMatchObject({
      gateway: {
        routes: [
          { headers: { ...zone, response: { set: { 'X-Frame-Options': 'DENY' }, remove: ['Server'] } } },
          { headers: { ...zone, response: { remove: ['Server'] } } },
        ],
      },
    })
    expect(reasonsOf(conversion, 'default-filters[2]')).toHaveLength(1)
  })
})

it.each([
  ['http://localhost:8081', 'orders'],
  ['http://10.0.0.7', 'orders'],
  ['lb://order-service', 'order-service'],
  ['https://api.example.com', 'api-example-com'],
])('a route of the gateway to %s leads to %s', (uri, to) => {
  const text = `spring.cloud.gateway.routes: [{ id: orders, uri: "${uri}", predicates: [ "Path=/orders/**" ] }]\n`
  expect(modelOf(importText('resilience4j', text)).routes.map((route) => route.to)).toEqual([to])
})

it('needs something of Resilience4j, the gateway or Feign', () => {
  expect(() => importText('resilience4j', 'server: { port: 80 }\n')).toThrow(ImportError)
})
