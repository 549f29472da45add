import { expect, it } from 'vitest'
import { OperationPattern, pathSegments } from './operation-pattern.js'

it.each([
  ['POST /charges', 'POST', '/charges', true],
  ['POST /charges', 'POST', '/charges?dry=1', true],
  ['POST /charges', 'POST', '/charges/', true],
  ['POST /charges', 'GET', '/charges', false],
  ['post /charges', 'POST', '/charges', true],
  ['/charges', 'PURGE', '/charges', true],
  ['GET /orders/:id', 'GET', '/orders/7', true],
  ['GET /orders/{id}', 'GET', '/orders/7', true],
  ['GET /orders/*', 'GET', '/orders/7/8', false],
  ['GET /', 'GET', '/', true],
  ['GET /', 'GET', '/?page=2', true],
  ['GET /', 'GET', '//', false],
  ['GET /orders', 'GET', '/Orders', false],
])('%s and %s %s: %s', (pattern, method, path, expected) => {
  expect(new OperationPattern(pattern).matches(method, pathSegments(path))).toBe(expected)
})

it('judges the path that is forwarded, not one that was tidied up', () => {
  const own = new OperationPattern('GET /orders/:id')
  const paths = [
    '/orders//7',
    '//orders/7',
    '/orders/',
    '/orders//',
    '/orders/7//',
    '/orders/./7',
    '/%6Frders/7',
  ]
  expect(paths.filter((path) => own.matches('GET', pathSegments(path)))).toEqual([])
})
