import { describe, expect, it } from 'vitest'
import { importText } from '../test/examples.js'
import type { Conversion } from './convert.js'
import { IMPORT_FORMATS, type ImportFormat } from './formats.js'
import { ImportError } from './import-error.js'

function refusal(text: string, format: ImportFormat = 'dapr'): ImportError {
  try {
    importText(format, text, 'in.yaml')
  } catch (error) {
    if (error instanceof ImportError) return error
    throw error
  }
  throw new Error('the text was imported')
}

function spring(instance: string): Conversion {
  const text = `resilience4j:\n  circuitbreaker:\n    instances:\n      backendA:\n${instance}`
  return importText('resilience4j', text, 'in.yaml')
}

describe('what cannot be imported', () => {
  it('points at the line of broken YAML', () => {
    const error = refusal('kind: Resiliency\nspec: {policies: [\n')
    expect(error).toMatchObject({ code: 'WT_IMPORT', line: 3 })
    expect(error.message).toMatch(/^cannot import in.yaml:3: /)
  })

  it.each(IMPORT_FORMATS)('says what %s needs when there is nothing of it', (format) => {
    expect(refusal('a: 1\n', format).message).toMatch(
      /^cannot import in.yaml: .* is needed, and there is none$/,
    )
    expect(refusal('', format).message).toContain('got an empty file')
    expect(refusal('- 1\n', format).message).toContain('is needed')
    expect(refusal('text', format).message).toContain('is needed')
  })

  it('refuses 3 MiB before it reads them', () => {
    expect(refusal(`kind: ${'x'.repeat(3 * 1_048_576)}`).message).toContain(
      'at most 2 MiB are allowed, got 3.0 MiB',
    )
  })

  it('refuses an alias bomb, over all documents', () => {
    const bomb = `a: &a [${'x, '.repeat(100)}]\nb: [${'*a, '.repeat(60)}]\n`
    expect(importText('resilience4j', `resilience4j: {}\n${bomb}`, 'in.yaml').manifest).toContain(
      'system: app',
    )
    expect(refusal(Array.from({ length: 10 }, () => bomb).join('---\n')).message).toContain(
      'aliases may repeat at most',
    )
  })

  it('refuses what would become more than a manifest may be', { timeout: 60_000 }, () => {
    const instances = Array.from(
      { length: 6_000 },
      (_, index) => `    a${index}: { slidingWindowSize: 5 }\n`,
    ).join('')
    expect(
      refusal(`resilience4j.circuitbreaker:\n  instances:\n${instances}`, 'resilience4j').message,
    ).toMatch(/a manifest of at most 2 MiB is allowed, and this one would have \d\.\d, import in parts$/)
  })

  it('refuses callers times callees without end', () => {
    const names = (prefix: string, suffix: string): string =>
      Array.from({ length: 1_000 }, (_, index) => `${prefix}${index}${suffix}`).join(', ')
    const text = `kind: Resiliency\nscopes: [${names('s', '')}]\nspec: { targets: { apps: { ${names('a', ': {}')} } } }\n`
    expect(refusal(text).message).toBe('cannot import: at most 20000 calls are allowed, import in parts')
  })

  it('refuses nesting without end, and a key that stands twice', () => {
    expect(refusal(`a: ${'['.repeat(1_000)}`).message).toContain('levels of nesting')
    expect(refusal('kind: a\nkind: b\n').message).toContain('may stand once')
  })
})

describe('values that are out of bounds', () => {
  it('writes the most that a manifest allows, and says so', () => {
    const { manifest, unsupported } = spring('        slidingWindowSize: 5000000\n')
    expect(manifest).toContain('calls: 100000')
    expect(unsupported[0]?.reason).toContain('at most 100000 is allowed')
  })

  it('leaves out what is not of the kind, and says what is allowed', () => {
    const { manifest, unsupported } = spring(
      '        failureRateThreshold: many\n        waitDurationInOpenState: 400000d\n',
    )
    expect(unsupported.map(({ line, reason }) => [line, reason])).toEqual([
      [5, 'must be a number, got many: it is left out, so write the value by hand'],
      [6, 'must be a duration of at most 365 days, got 400000d: it is left out, so write the value by hand'],
    ])
    expect(manifest).toContain('failureRate: 50% # the default of Resilience4j')
  })

  it('keeps control characters and new lines out of comments', () => {
    const { manifest } = spring('        "evil\\nsystem: taken": 1\n')
    expect(manifest.match(/^system: .*/gm)).toEqual(['system: app'])
  })
})

describe('Spring Boot', () => {
  it('lets later documents win, and leaves profiles alone', () => {
    const text = [
      'resilience4j.retry.instances.a.max-attempts: 2',
      '---',
      'resilience4j: { retry: { instances: { a: { maxAttempts: 5 } } } }',
      '---',
      'spring.config.activate.on-profile: test',
      'resilience4j.retry.instances.a.maxAttempts: 9',
    ].join('\n')
    const { manifest, unsupported } = importText('resilience4j', text, 'in.yaml')
    expect(manifest).toContain('attempts: 5 # in.yaml:3 maxAttempts')
    expect(unsupported.map(({ line }) => line)).toEqual([1, 5, 6])
    expect(unsupported[2]?.reason).toContain('under the profile test only')
  })

  it('follows merge keys', () => {
    const text =
      'base: &base\n  maxAttempts: 7\nresilience4j.retry.instances:\n  a:\n    <<: *base\n    waitDuration: 1s\n'
    expect(importText('resilience4j', text, 'in.yaml').manifest).toContain('attempts: 7 # in.yaml:2')
  })

  it.each(['instances', 'backends', 'limiters'])('reads %s, as older versions call them too', (group) => {
    const text = `resilience4j.ratelimiter.${group}.a: { limitForPeriod: 7, limitRefreshPeriod: 1s }\n`
    expect(importText('resilience4j', text, 'in.yaml').manifest).toContain('limit: 7')
  })

  it('ends a circle of configs', () => {
    const text = `resilience4j.retry:
  configs: { a: { baseConfig: b }, b: { baseConfig: a } }
  instances: { x: { baseConfig: a } }
`
    const { unsupported } = importText('resilience4j', text, 'in.yaml')
    expect(unsupported.map(({ reason }) => reason).join()).toContain('in a circle')
  })
})

describe('a List, as kubectl writes it', () => {
  const rule =
    '{ kind: DestinationRule, metadata: { name: a }, spec: { host: a, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } } }'

  it('is read item by item', () => {
    const text = `apiVersion: v1\nkind: List\nmetadata: { resourceVersion: "" }\nsurprise: 1\nitems:\n  - ${rule}\n  - ${rule.replaceAll(' a', ' b')}\n`
    const { manifest, unsupported } = importText('istio', text, 'in.yaml')
    expect(manifest.match(/balance: round-robin/g)).toHaveLength(2)
    expect(unsupported.map(({ path }) => path)).toEqual(['List.surprise'])
  })
})
