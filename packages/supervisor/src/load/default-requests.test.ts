import { readManifest } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { defaultRequests } from './default-requests.js'

const requestsOf = (routes: string) => {
  const text = `watertight: v1
system: shop
services: { order: {} }
gateway: { routes: [${routes}] }
`
  const { system, problems } = readManifest(text, 'watertight.yaml')
  expect(problems).toEqual([])
  if (system === undefined) throw new Error('it cannot be read')
  return defaultRequests(system.model).map(({ method, path }) => `${method} ${path}`)
}

test('what can be asked without knowing more is each GET without parameters, once', () => {
  expect(requestsOf('{ match: { path: /orders }, to: order }, { match: { path: / }, to: order }')).toEqual([
    'GET /orders',
    'GET /',
  ])
  const operations = 'operations: { GET /a: {}, GET /a/:id: {}, POST /a: {}, GET /b: {} }'
  expect(requestsOf(`{ match: { path: / }, to: order, ${operations} }`)).toEqual(['GET /a', 'GET /b'])
})

test('a route that wants more than a path, another method, or that no service is behind, is not asked', () => {
  const wanting = ['headers: { x-tenant: a }', 'methods: [POST]', 'hosts: [a.example]'].map(
    (more) => `{ match: { path: /a, ${more} }, to: order }`,
  )
  for (const route of wanting) expect([route, requestsOf(route)]).toEqual([route, []])
  expect(requestsOf('{ match: { path: /a }, respond: { status: 204 } }')).toEqual([])
})
