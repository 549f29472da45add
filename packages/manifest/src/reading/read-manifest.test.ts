import { describe, expect, it } from 'vitest'
import { checkManifest } from '../findings/check-manifest.js'
import { readManifest } from './read-manifest.js'
import { defineSystem } from '../definition/define-system.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import { nearestSpelling } from '@watertight/policy/options'

const BROKEN = `watertight: v1
system: orders
policies:
  standard:
    timout: { attempt: 1s }
    retry: { attempts: 0, on: [5xy] }
services:
  order:
    port: "x"
    health: { live: 5 }
    calls:
      paymnt: { policy: standrd, fallback: { status: 1 } }
  payment: {}
`

describe('reading a broken manifest', () => {
  it('reports everything at once, each at its place and with a mend', () => {
    const found = checkManifest(BROKEN).findings.map(({ line, column, code, hint }) => [
      line,
      column,
      code,
      hint,
    ])
    expect(found).toEqual([
      [5, 5, 'WT-DOC-UNKNOWN-KEY', 'did you mean timeout?'],
      [6, 24, 'WT-DOC-VALUE', 'change the value'],
      [6, 32, 'WT-DOC-VALUE', 'did you mean 5xx?'],
      [9, 11, 'WT-DOC-VALUE', 'change the value'],
      [10, 21, 'WT-DOC-VALUE', 'change the value'],
      [12, 7, 'WT-DOC-UNKNOWN-REFERENCE', 'did you mean payment?'],
      [12, 25, 'WT-DOC-UNKNOWN-REFERENCE', 'did you mean standard?'],
      [12, 54, 'WT-DOC-VALUE', 'change the value'],
    ])
  })

  it('says what is allowed and what was given', () => {
    const [, attempts] = checkManifest(BROKEN).findings
    expect(attempts?.message).toBe(
      'cannot read policies.standard.retry.attempts: it must be a whole number from 1 to 100, got 0',
    )
  })

  it('names every kind of value that a place may have', () => {
    const messages = checkManifest(BROKEN).findings.map(({ message }) => message)
    expect(messages).toContain(
      'cannot read policies.standard.retry.on[0]: it must be 5xx, gateway-error, retriable-4xx, connect-failure, refused-stream, reset, reset-before-request, attempt-timeout, cancelled, deadline-exceeded, internal, resource-exhausted, unavailable or a status from 400 to 599, got "5xy"',
    )
    const number = checkManifest(BROKEN.replace('5xy', '5.5')).findings.map(({ message }) => message)
    expect(number.join()).toContain('or a status from 400 to 599, got 5.5')
  })

  it.each([
    ['0.5', 'write 50% (or 0.5%, if you mean that)'],
    ['1', 'write 100% (or 1%, if you mean that)'],
    ['50', 'add the sign: 50%'],
  ])('takes a share of %s for what it mostly means', (share, hint) => {
    const text = `watertight: v1\nsystem: s\nservices: {}\npolicies: { p: { breaker: { failureRate: ${share} } } }\n`
    const [first] = readManifest(text, 'f').problems
    expect(first).toMatchObject({ code: 'WT-DOC-VALUE', hint })
    expect(first?.message).toContain(
      `must be a percentage from 0% to 100%, such as 50% or 99.9%, got ${share}`,
    )
  })

  it('refuses a rate of nothing, which no breaker can have', () => {
    const text =
      'watertight: v1\nsystem: s\nservices: {}\npolicies: { p: { breaker: { failureRate: 0% } } }\n'
    expect(readManifest(text, 'f').problems[0]?.message).toContain('must be a percentage above 0%')
  })

  it.each([
    ['timeout: { attempt: 0ms }', 'timeout.attempt'],
    ['timeout: { total: 0.5ms }', 'timeout.total'],
    ['breaker: { openFor: 0s }', 'breaker.openFor'],
    ['ejection: { interval: 0s }', 'ejection.interval'],
    ['rateLimit: { limit: 1, per: 0ms }', 'rateLimit.per'],
    ['warmUp: 0ms', 'warmUp'],
  ])('refuses a limit of nothing, which would fail every call or stop the client: %s', (section, key) => {
    const text = `watertight: v1\nsystem: s\nservices: {}\npolicies: { p: { ${section} } }\n`
    const [problem] = readManifest(text, 'f').problems
    expect(problem?.message).toContain(`policies.p.${key}: it must be a duration of at least 1ms`)
  })

  it.each(['retry: { backoff: { initial: 0ms, max: 0ms } }', 'hedge: { after: 0ms }'])(
    'takes a wait of nothing: %s',
    (section) => {
      const text = `watertight: v1\nsystem: s\nservices: {}\npolicies: { p: { ${section} } }\n`
      expect(readManifest(text, 'f').problems).toEqual([])
    },
  )

  it('tells an unknown code below findings, whatever else is broken', () => {
    const text = (policy: string): string =>
      `watertight: v1\nsystem: s\n${policy}\nservices: {}\nfindings: { WT-RETRY-NO-JITER: { severity: off, reason: x } }\n`
    for (const policy of [
      '',
      'policies: { p: { timeout: 3 } }',
      'policies: 3',
      'mode: off',
      'policies: { p: { extends: q } }',
    ]) {
      const codes = checkManifest(text(policy)).findings.map(({ code, hint }) => `${code}: ${hint}`)
      expect(codes).toContain('WT-DOC-UNKNOWN-CODE: did you mean WT-RETRY-NO-JITTER?')
    }
  })

  it('refuses a name that would be the prototype of its map, wherever names are chosen', () => {
    const inSystem = (rest: string) => `watertight: v1\nsystem: s\n${rest}\n`
    const places = {
      'services.__proto__': 'services: { a: {}, __proto__: { port: 5 } }',
      'services.a.versions.__proto__': 'services: { a: { versions: { __proto__: } } }',
      'services.a.calls.__proto__': 'services: { a: { calls: { "__proto__": {} } } }',
      'policies.__proto__': 'services: { a: {} }\npolicies: { __proto__: }',
    }
    for (const [place, rest] of Object.entries(places)) {
      const { problems, system } = readManifest(inSystem(rest), 'watertight.yaml')
      expect(problems).toMatchObject([
        { code: 'WT-DOC-VALUE', message: `cannot read ${place}: a key must have another name` },
      ])
      expect(system?.model.services.size).toBe(1)
    }
    const parsed: unknown = JSON.parse(
      '{"watertight":"v1","system":"s","services":{"a":{},"__proto__":null}}',
    )
    expect(() => defineSystem(parsed as ManifestDocument)).toThrow(
      'cannot read services.__proto__: a key must have another name',
    )
  })

  it('still checks the services that are whole', () => {
    const text =
      'watertight: v1\nsystem: s\nservices:\n  a: { port: x }\n  b:\n    calls: { c: {} }\n  c: {}\n'
    const codes = checkManifest(text).findings.map(({ code, line }) => `${code}:${line}`)
    expect(codes).toContain('WT-DOC-VALUE:4')
    expect(codes).toContain('WT-TIMEOUT-DEFAULT:6')
  })

  it('refuses 5 MB, deep nesting and an alias bomb with one clear answer', () => {
    const bomb = 'bcdefghijk'
      .split('')
      .map((name, index) =>
        `${name}: &${name} [${'abcdefghij'[index]}`.replace(
          /\[(.)$/,
          (_all, target) => `[${Array(9).fill(`*${target}`).join(', ')}]`,
        ),
      )
    const text = `watertight: v1\nsystem: s\nservices: {}\na: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n${bomb.join('\n')}\n`
    expect(checkManifest(text).findings.filter(({ code }) => code === 'WT-DOC-ALIAS')).toHaveLength(1)
    expect(checkManifest('a'.repeat(5_000_000)).findings.map(({ code }) => code)).toEqual(['WT-DOC-SIZE'])
    expect(checkManifest(`a: ${'['.repeat(500_000)}`).findings.map(({ code }) => code)).toEqual([
      'WT-DOC-DEPTH',
    ])
  })

  it('counts what is beyond the first hundred problems', () => {
    const services = Array.from({ length: 150 }, (_, index) => `  a${index}: { prt: 1 }\n`).join('')
    const { findings } = checkManifest(`watertight: v1\nsystem: s\nservices:\n${services}`)
    expect(findings).toHaveLength(100)
    expect(findings.at(-1)?.hint).toBe('did you mean port? (50 more problems are not shown)')
  })

  it('follows a chain of twelve thousand extends without a stack', () => {
    const links = Array.from(
      { length: 12_000 },
      (_, index) => `  p${index}: { extends: p${(index + 1) % 12_000} }\n`,
    )
    const report = checkManifest(`watertight: v1\nsystem: s\npolicies:\n${links.join('')}services: {}\n`)
    expect(report.findings.some(({ code }) => code === 'WT-DOC-EXTENDS-CYCLE')).toBe(true)
  }, 30_000)
})

describe('the nearest spelling', () => {
  it.each([
    ['timout', 'timeout'],
    ['retires', 'retries'],
    ['Breaker', 'breaker'],
    ['zzz', undefined],
  ])('of %s is %s', (word, nearest) => {
    expect(nearestSpelling(word, ['timeout', 'retries', 'breaker', 'bulkhead'])).toBe(nearest)
  })
})
