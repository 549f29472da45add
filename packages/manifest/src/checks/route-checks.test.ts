import { describe, expect, it } from 'vitest'
import { checkManifest } from '../findings/check-manifest.js'

/** Whether the second of two routes is found to be reached by nothing. */
function isShadowed(first: string, second: string): boolean {
  const text = `watertight: v1
system: shop
services: { a: {}, b: {} }
gateway:
  timeout: { total: 5s }
  routes:
    - { match: { ${first} }, to: a }
    - { match: { ${second} }, to: b }
`
  const { findings } = checkManifest(text)
  expect(findings.filter(({ code }) => code.startsWith('WT-DOC-'))).toEqual([])
  return findings.some(({ code }) => code === 'WT-OPERATIONS-ROUTE-SHADOWED')
}

describe('a route that an earlier one hides', () => {
  it.each([
    ['path: /', 'path: /api'],
    ['path: /', 'path: { exact: /api }'],
    ['path: /api', 'path: /api'],
    ['path: /api', 'path: /api/v1'],
    ['path: /api', 'path: { exact: /api }'],
    ['path: { prefix: /api }', 'path: /apiary'],
    ['path: { prefix: /api }', 'path: { prefix: /api }'],
    ['path: { exact: /api }', 'path: { exact: /api }'],
    ['path: /', 'path: /, methods: [GET]'],
    ['path: /, hosts: ["*.shop.example"]', 'path: /, hosts: [eu.shop.example]'],
    ['path: /', 'path: /, hosts: [shop.example]'],
    ['path: /, hosts: [Shop.example]', 'path: /, hosts: [shop.example]'],
  ])('%s before %s', (first, second) => expect(isShadowed(first, second)).toBe(true))
})

describe('a route that requests still reach', () => {
  it.each([
    ['path: { exact: / }', 'path: /api'],
    ['path: /api', 'path: /apiary'],
    ['path: /api', 'path: { prefix: /api }'],
    ['path: { exact: /api }', 'path: /api'],
    ['path: /api', 'path: /'],
    ['path: /, methods: [GET]', 'path: /'],
    ['path: /, hosts: [shop.example]', 'path: /, hosts: [admin.example]'],
    ['path: /, hosts: [shop.example]', 'path: /'],
    ['path: /, hosts: ["*.shop.example"]', 'path: /, hosts: [shop.example]'],
  ])('%s before %s', (first, second) => expect(isShadowed(first, second)).toBe(false))
})

it.each([
  'path: { exact: /a, prefix: /b }',
  'path: {}',
  'path: { exact: a }',
  'path: /, hosts: []',
  'path: /, hosts: ["*"]',
  'path: /, hosts: ["http://shop.example"]',
])('refuses the match { %s }', (match) => {
  const text = `watertight: v1\nsystem: shop\nservices: { a: {} }\ngateway: { routes: [{ match: { ${match} }, to: a }] }\n`
  expect(checkManifest(text).ok).toBe(false)
})
