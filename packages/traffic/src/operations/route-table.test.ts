import { expect, it } from 'vitest'
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
