import { describe, expect, it } from 'vitest'
import { importText, modelOf, reasonsOf } from './examples.js'

const istio = (text: string) => importText('istio', text, 'f.yml')

function rule(spec: string, name = 'a'): string {
  return `kind: DestinationRule\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^/gm, '  ')}\n`
}

describe('what a route of an ingress gateway does besides', () => {
  const routes = (http: string) => {
    const conversion = istio(
      `kind: VirtualService\nmetadata: { name: a }\nspec:\n  hosts: ['*']\n  gateways: [gw]\n  http: [${http}]\n`,
    )
    return { routes: modelOf(conversion).routes, conversion }
  }
  const to = 'route: [{ destination: { host: shop } }]'

  it('is matched by headers, query and expression', () => {
    const { routes: found } = routes(
      `{ match: [{ uri: { regex: '/v[0-9]+' }, headers: { x-user: { exact: ann }, x-any: {} }, withoutHeaders: { x-b: {} }, queryParams: { v: { prefix: "2" } } }], ${to} }`,
    )
    expect(found[0]?.match).toMatchObject({
      path: '/v[0-9]+',
      pathKind: 'regex',
      headers: [
        { name: 'x-user', kind: 'exact', value: 'ann' },
        { name: 'x-any', kind: 'present' },
        { name: 'x-b', kind: 'absent' },
      ],
      query: [{ name: 'v', kind: 'prefix', value: '2' }],
    })
  })

  it.each([
    "uri: { regex: '/(?i)a' }",
    "headers: { x: { regex: '(a)\\1' } }",
    'withoutHeaders: { x: { exact: a } }',
    'port: 80',
  ])('is left out when it asks for %s, instead of being widened', (match) => {
    const { routes: found, conversion } = routes(`{ match: [{ ${match} }], ${to} }`)
    expect(found).toEqual([])
    expect(reasonsOf(conversion, 'spec.http[0]').join()).toContain('left out')
  })

  it('is rewritten, copied, disturbed and told apart by version', () => {
    const { routes: found } = routes(
      `{ match: [{ uri: { prefix: /a } }], rewrite: { uri: /b, authority: c.example }, mirror: { host: copy, subset: v2 }, mirrorPercentage: { value: 12.5 }, fault: { delay: { fixedDelay: 2s, percentage: { value: 10 } }, abort: { httpStatus: 503 } }, headers: { request: { set: { x-a: '1' }, remove: [x-b] } }, corsPolicy: { allowOrigins: [{ exact: 'https://a.example' }], allowCredentials: true, maxAge: 24h }, route: [{ destination: { host: shop, subset: v1 }, weight: 90 }, { destination: { host: shop, subset: v2 }, weight: 10 }] }`,
    )
    expect(found[0]).toMatchObject({
      to: 'shop',
      rewrite: { path: { part: 'matched', path: '/b' }, host: 'c.example' },
      mirror: { to: 'copy', version: 'v2', share: 0.125 },
      fault: { delay: { byMs: 2_000, share: 0.1 }, abort: { status: 503, share: 0 } },
      headers: { request: { set: [['x-a', '1']], remove: ['x-b'] } },
      cors: {
        origins: [{ kind: 'exact', value: 'https://a.example' }],
        credentials: true,
        maxAgeMs: 86_400_000,
      },
    })
    expect([...found[0]!.split]).toEqual([
      ['v1', 90],
      ['v2', 10],
    ])
  })

  it('is answered by the gateway itself', () => {
    const { routes: found } = routes(
      `{ match: [{ uri: { exact: /old } }], redirect: { uri: /new, authority: 'b.example:8443', scheme: https } }, { match: [{ uri: { exact: /v } }], directResponse: { status: 200, body: { string: "1.2.3" } } }`,
    )
    expect(found.map(({ to: service }) => service)).toEqual([undefined, undefined])
    expect(found[0]?.redirect).toEqual({
      scheme: 'https',
      host: 'b.example',
      port: 8_443,
      path: { part: 'whole', path: '/new' },
      status: 301,
    })
    expect(found[1]?.respond).toMatchObject({ status: 200, body: '1.2.3' })
  })

  it('keeps requests together by what its DestinationRule hashes', () => {
    const policy = (hash: string) =>
      modelOf(
        istio(rule(`host: a\ntrafficPolicy: { loadBalancer: { consistentHash: { ${hash} } } }`)),
      ).policies.get('a')
    expect(policy('httpHeaderName: X-User')).toMatchObject({
      balance: 'ring-hash',
      hashOn: { header: 'x-user' },
    })
    expect(policy('httpCookie: { name: session, ttl: 0s }')?.hashOn).toEqual({ cookie: 'session' })
    expect(policy('httpQueryParameterName: q')?.hashOn).toEqual({ query: 'q' })
    expect(policy('useSourceIp: true')?.hashOn).toBe('ip')
  })
})

describe('what a rule of the Gateway API does besides', () => {
  const rules = (text: string) => {
    const conversion = importText(
      'gateway-api',
      `kind: HTTPRoute\nmetadata: { name: a }\nspec:\n  parentRefs: [{ name: gw }]\n  rules: [${text}]\n`,
      'f.yml',
    )
    return { routes: modelOf(conversion).routes, conversion }
  }
  const to = 'backendRefs: [{ name: shop }]'

  it('is matched by headers, query and expression', () => {
    const { routes } = rules(
      `{ matches: [{ path: { type: RegularExpression, value: '/v[0-9]+' }, headers: [{ name: X-User, value: ann }], queryParams: [{ name: v, type: RegularExpression, value: '1|2' }] }], ${to} }`,
    )
    expect(routes[0]?.match).toMatchObject({
      path: '/v[0-9]+',
      pathKind: 'regex',
      headers: [{ name: 'x-user', kind: 'exact', value: 'ann' }],
      query: [{ name: 'v', kind: 'regex', value: '1|2' }],
    })
  })

  it('is left out when it asks for an expression that is not linear, instead of being widened', () => {
    const { routes, conversion } = rules(
      `{ matches: [{ headers: [{ name: x, type: RegularExpression, value: '(?=a)b' }] }], ${to} }`,
    )
    expect(routes).toEqual([])
    expect(reasonsOf(conversion, 'spec.rules[0]').join()).toContain('left out')
  })

  it('is rewritten and copied, and its headers are changed', () => {
    const { routes, conversion } = rules(
      `{ ${to}, filters: [{ type: URLRewrite, urlRewrite: { hostname: b.example, path: { type: ReplaceFullPath, replaceFullPath: /b } } }, { type: RequestMirror, requestMirror: { backendRef: { name: copy }, fraction: { numerator: 1, denominator: 8 } } }, { type: ResponseHeaderModifier, responseHeaderModifier: { add: [{ name: X-A, value: '1' }], remove: [server] } }, { type: ExtensionRef, extensionRef: { name: x } }] }`,
    )
    expect(routes[0]).toMatchObject({
      to: 'shop',
      rewrite: { path: { part: 'whole', path: '/b' }, host: 'b.example' },
      mirror: { to: 'copy', share: 0.125 },
      headers: { response: { add: [['x-a', '1']], remove: ['server'] } },
    })
    expect(reasonsOf(conversion, 'spec.rules[0].filters[3]').length).toBeGreaterThan(0)
  })

  it('redirects, with the status that the Gateway API has where none is given', () => {
    const { routes } = rules('{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] }')
    expect(routes[0]).toMatchObject({
      to: undefined,
      redirect: { scheme: 'https', status: 302, path: undefined },
    })
  })
})
