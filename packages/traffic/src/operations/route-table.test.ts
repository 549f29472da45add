import { describe, expect, it } from 'vitest'
import { RouteTable } from './route-table.js'

it('knows a route by method and template, and makes it once', () => {
  const table = new RouteTable()
  const route = table.of('GET', '/orders/:id')
  expect(route.name).toBe('GET /orders/:id')
  expect(table.of('GET', '/orders/:id')).toBe(route)
  expect(table.of('POST', '/orders/:id')).not.toBe(route)
  expect(table.of('GET', undefined).name).toBe('GET *')
})

it('counts invented methods as one', () => {
  const table = new RouteTable()
  expect(table.of('X1', '/pot').name).toBe('_OTHER /pot')
  expect(table.of('X2', '/pot')).toBe(table.of('X1', '/pot'))
})

it('does not grow with raw paths', () => {
  const table = new RouteTable()
  const routes = new Set(Array.from({ length: 5_000 }, (_, path) => table.of('GET', `/orders/${path}`)))
  expect(routes.size).toBe(1_001)
  expect(table.of('GET', '/orders/4999')).toBe(table.of('GET'))
  expect(table.of('POST', '/orders/4999').name).toBe('POST *')
})

describe('a described operation', () => {
  const table = new RouteTable([
    ['POST /charges', 'by-key'],
    ['GET /orders/:id', true],
    ['GET /orders/{id}/lines', true],
    ['get /files/*', false],
    ['/health', true],
  ])

  it.each([
    ['POST', '/charges', 'POST /charges'],
    ['POST', '/charges?dry=1', 'POST /charges'],
    ['POST', '/charges/', 'POST /charges'],
    ['GET', '/orders/7', 'GET /orders/:id'],
    ['GET', '/orders/7/lines', 'GET /orders/{id}/lines'],
    ['GET', '/files/a', 'get /files/*'],
    ['GET', '/orders/7/8', 'GET *'],
    ['PUT', '/charges', 'PUT *'],
    ['BREW', '/coffee', '_OTHER *'],
    ['BREW', '/health', '/health'],
    ['GET', '/orders//lines', 'GET *'],
  ])('%s %s is %s', (method, path, name) => {
    const route = table.find(method, path)
    expect(route.name).toBe(name)
    // Found again, from what is remembered.
    expect(table.find(method, path)).toBe(route)
  })

  it('says whether it may be repeated', () => {
    expect(table.find('POST', '/charges').idempotence).toBe('by-key')
    expect(table.find('DELETE', '/charges').idempotence).toBeUndefined()
  })

  it('is one of a bounded set, whatever paths are asked for', () => {
    const names = new Set<string>()
    for (let id = 0; id < 5_000; id++) names.add(table.find('GET', `/orders/${id}`).name)
    expect([...names]).toEqual(['GET /orders/:id'])
  })
})
