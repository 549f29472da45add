import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readManifest } from '../reading/read-manifest.js'
import { declarations } from './declarations.js'

function declare(services: string): string {
  const { system, problems } = readManifest(
    `watertight: v1\nsystem: shop\nservices:\n${services}`,
    'watertight.yaml',
  )
  expect(problems).toEqual([])
  if (system === undefined) throw new Error('the manifest is not readable')
  return declarations(system.model)
}

it('declares each service with its callees and their operations', () => {
  const text = declare(`  order:
    description: takes orders
    calls:
      payment: { operations: { "POST /charges": {}, "GET /charges/{id}": {}, "GET /charges/:id": {} } }
      loyalty: {}
  payment: {}
  loyalty: {}
  legacy-tax: { calls: { payment: { operations: { "GET /rates/*/today": {} } } } }
`)
  expect(text)
    .toBe(`// Written by \`watertight types\` from the manifest of shop. Run it again when the manifest changes.
import '@watertight/http'

declare module '@watertight/http' {
  interface DeclaredCalls {
    /** takes orders */
    order: {
      payment:
        | { method: 'POST'; path: '/charges' }
        | { method: 'GET'; path: \`/charges/\${string}\` }
      loyalty: { method: string; path: string }
    }
    payment: {}
    loyalty: {}
    'legacy-tax': {
      payment: { method: 'GET'; path: \`/rates/\${string}/today\` }
    }
  }
}
`)
})

it('names the policy of a call', () => {
  const text = declare(`  order: { calls: { payment: { policy: patient } } }
  payment: {}
policies: { patient: { timeout: { total: 3s } } }
`)
  expect(text).toContain('/** Policy `patient`. */\n      payment: { method: string; path: string }')
})

it('lets no path and no description of a manifest become code', () => {
  const hostile = fc.array(fc.constantFrom("'", '`', '${', '}', '\\', '*/', '/*', 'a', '"', '\u2028', ';'), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(hostile, hostile, (path, words) => {
      const operation = JSON.stringify(`GET /${path.join('').replace(/\s/g, '')}`)
      const said = JSON.stringify(`x${words.join('')}`)
      const text = declare(
        `  a: { description: ${said}, calls: { b: { operations: { ${operation}: {} } } } }\n  b: {}\n`,
      )
      const line = text.split('\n').find((candidate) => candidate.includes('b: { method:')) ?? ''
      const literal = /path: ('(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{)|\$\{string\})*`) \}$/.exec(line)
      expect(literal).not.toBeNull()
      expect(text.split('\n')).toHaveLength(13)
      const comment = text.split('\n').find((candidate) => candidate.startsWith('    /**')) ?? ''
      expect(comment.indexOf('*/')).toBe(comment.length - 2)
    }),
  )
})
