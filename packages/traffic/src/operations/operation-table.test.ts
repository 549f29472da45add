import { describe, expect, it } from 'vitest'
import { mayRepeat, OperationTable } from './operation-table.js'

const table = new OperationTable([
  ['POST /charges', 'by-key'],
  ['GET /orders/:id', true],
  ['GET /orders/{id}/lines', true],
  ['get /files/*', false],
])

describe('an operation', () => {
  it.each([
    ['POST', '/charges', 'POST /charges'],
    ['POST', '/charges?dry=1', 'POST /charges'],
    ['POST', '/charges/', 'POST /charges'],
    ['GET', '/orders/7', 'GET /orders/:id'],
    ['GET', '/orders/7/lines', 'GET /orders/{id}/lines'],
    ['GET', '/files/a', 'get /files/*'],
    ['GET', '/orders/7/8', 'GET *'],
    ['PUT', '/charges', 'PUT *'],
    ['BREW', '/coffee', 'OTHER *'],
  ])('%s %s is %s', (method, path, route) => {
    expect(table.find(method, path).route).toBe(route)
    // Found again, from what is remembered.
    expect(table.find(method, path).route).toBe(route)
  })

  it('has a route from a bounded set, whatever paths are asked for', () => {
    const routes = new Set<string>()
    for (let id = 0; id < 5_000; id++) routes.add(table.find('GET', `/orders/${id}`).route)
    expect([...routes]).toEqual(['GET /orders/:id'])
  })
})

it.each<[string, Parameters<typeof mayRepeat>, boolean]>([
  ['a GET', ['GET', undefined, false], true],
  ['a DELETE', ['DELETE', undefined, false], true],
  ['a POST', ['POST', undefined, false], false],
  ['a POST with a key', ['POST', undefined, true], true],
  ['a POST declared repeatable', ['POST', true, false], true],
  ['a POST by key without one', ['POST', 'by-key', false], false],
  ['a POST by key', ['POST', 'by-key', true], true],
  ['a GET declared unrepeatable, key or not', ['GET', false, true], false],
])('%s may be repeated: %j -> %s', (_name, given, expected) => {
  expect(mayRepeat(...given)).toBe(expected)
})
