import { describe, expect, it } from 'vitest'
import { importText, modelOf, reasonsOf } from './examples.js'

describe('the Gateway API', () => {
  it('gives routes with hosts, exact paths, limits and retries, and calls of the mesh', () => {
    const text = `kind: HTTPRoute
metadata: { name: shop, namespace: prod }
spec:
  parentRefs: [{ name: gw }]
  hostnames: [shop.example]
  rules:
    - matches:
        - { path: { type: Exact, value: /cart }, method: POST }
        - { path: { value: /orders } }
      backendRefs: [{ name: order, port: 80 }]
      timeouts: { request: 10s, backendRequest: 2s }
      retry: { codes: [503], attempts: 2, backoff: 100ms }
---
kind: HTTPRoute
metadata: { name: pay, namespace: prod }
spec:
  parentRefs: [{ kind: Service, group: '', name: payment }]
  rules: [{ backendRefs: [{ name: payment, port: 80 }], timeouts: { request: 3s } }]
`
    const conversion = importText('gateway-api', text)
    const { routes, policies } = modelOf(conversion)
    expect(
      routes.map(({ match, to }) => [match.pathKind, match.path, match.methods, match.hosts, to]),
    ).toEqual([
      ['exact', '/cart', ['POST'], ['shop.example'], 'order'],
      ['segments', '/orders', [], ['shop.example'], 'order'],
    ])
    expect(routes[0]?.policy).toMatchObject({
      timeout: { attemptMs: 2_000, totalMs: 10_000 },
      retry: {
        attempts: 3,
        on: [503, 'connect-failure', 'refused-stream', 'reset', 'attempt-timeout'],
        backoff: { initialMs: 100 },
      },
    })
    expect(policies.get('payment')).toMatchObject({ timeout: { totalMs: 3_000 }, retry: undefined })
  })

  it('leads to a service that several clusters share, and says what else a route leads to', () => {
    const route = (backend: string): string =>
      `kind: HTTPRoute
metadata: { name: r }
spec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [${backend}] }] }
`
    const shared = route('{ group: multicluster.x-k8s.io, kind: ServiceImport, name: cart }')
    expect(modelOf(importText('gateway-api', shared)).routes.map(({ to }) => to)).toEqual(['cart'])
    const other = importText('gateway-api', route('{ kind: InferencePool, name: model }'))
    expect(reasonsOf(other, 'rules[0]')).toEqual([
      'a route of the gateway leads to a service, and this one has InferencePool',
    ])
  })

  it('leaves out the redirect of a listener of plain HTTP, which would send https requests in a circle', () => {
    const route = (name: string, listener: string, asks: string): string =>
      `kind: HTTPRoute\nmetadata: { name: ${name} }\nspec: { parentRefs: [{ name: gw, sectionName: ${listener} }], hostnames: [a.example], rules: [${asks}] }\n`
    const redirect =
      '{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 301 } }] }'
    const conversion = importText(
      'gateway-api',
      [route('up', 'http', redirect), route('a', 'https', '{ backendRefs: [{ name: a, port: 80 }] }')].join(
        '---\n',
      ),
    )
    expect(modelOf(conversion).routes.map(({ to }) => to)).toEqual(['a'])
    expect(reasonsOf(conversion, 'HTTPRoute/up.spec.rules[0]')[0]).toMatch(
      /keep it where port 80 is answered$/,
    )
  })

  it('under Istio has the retries that Istio makes by itself', () => {
    const text = `kind: HTTPRoute
metadata: { name: pay }
spec: { parentRefs: [{ kind: Service, name: payment }], rules: [{ backendRefs: [{ name: payment }] }] }
`
    expect(modelOf(importText('istio', text)).policies.get('payment')?.retry?.attempts).toBe(3)
    expect(modelOf(importText('gateway-api', text)).policies.get('payment')?.retry).toBeUndefined()
  })

  it('a rule that asks for more than a route can say is left out, never widened', () => {
    const text = `kind: HTTPRoute
metadata: { name: a }
spec:
  parentRefs: [{ name: gw }]
  rules:
    - { matches: [{ headers: [{ name: x, type: RegularExpression, value: '(?=y)' }] }], backendRefs: [{ name: next }] }
    - { matches: [{ path: { type: RegularExpression, value: '/(?i)a' } }], backendRefs: [{ name: next }] }
    - { backendRefs: [{ name: a }] }
`
    const conversion = importText('gateway-api', text)
    expect(modelOf(conversion).routes.map(({ to }) => to)).toEqual(['a'])
    expect(reasonsOf(conversion, 'rules[0]')).toHaveLength(1)
    expect(reasonsOf(conversion, 'rules[1]')).toHaveLength(1)
  })
})
