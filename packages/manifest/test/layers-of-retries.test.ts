import { describe, expect, it } from 'vitest'
import { checkManifest } from '../src/findings/check-manifest.js'
import type { Finding } from '../src/findings/finding.js'

/** A chain order > payment > bank behind a gateway, with what a case adds at the top. */
function chain(added: string, attempts: readonly [payment: number, bank: number] = [1, 1]): string {
  const call = (to: string, tries: number, more = ''): string =>
    `calls: { ${to}: { timeout: { attempt: 1s, total: 9s }, retry: { attempts: ${tries} }${more} } }`
  return `watertight: v1
system: shop
services:
  order:
    ${call('payment', attempts[0], ', operations: { POST /charges: {} }')}
  payment:
    ${call('bank', attempts[1])}
  bank: {}
${added}
`
}

function gateway(more: string, route = ''): string {
  return `gateway:\n  timeout: { attempt: 10s, total: 60s }\n  ${more}\n  routes: [{ match: { path: /orders }, to: order${route} }]`
}

function found(text: string, code: string): Finding[] {
  const { findings } = checkManifest(text)
  expect(findings.filter((finding) => finding.code.startsWith('WT-DOC-'))).toEqual([])
  return findings.filter((finding) => finding.code === code)
}

const messages = (text: string, code: string): string[] => found(text, code).map(({ message }) => message)

describe('attempts along a path are counted', () => {
  const AMPLIFICATION = 'WT-RETRY-AMPLIFICATION'

  it('up to ten in all', () => {
    expect(messages(chain('', [3, 3]), AMPLIFICATION)).toEqual([])
    expect(messages(chain('', [3, 4]), AMPLIFICATION)).toEqual([
      'one request to order can become 12 at bank: order > payment > bank (3 x 4)',
    ])
  })

  it('with those of the gateway', () => {
    expect(messages(chain(gateway('retry: { attempts: 3 }'), [2, 2]), AMPLIFICATION)).toEqual([
      'one request to the gateway can become 12 at bank: gateway > order > payment > bank (3 x 2 x 2)',
    ])
    const silent = gateway('retry: { attempts: 3 }', ', retry: { attempts: 1 }')
    expect(messages(chain(silent, [2, 2]), AMPLIFICATION)).toEqual([])
  })

  it('with those of a gateway alone, at its route', () => {
    const [only] = found(chain(gateway('retry: { attempts: 12 }')), AMPLIFICATION)
    expect(only).toMatchObject({ message: expect.stringContaining('12') as string })
    const bare = `watertight: v1\nsystem: shop\nservices: { order: {} }\n${gateway('retry: { attempts: 12 }')}\n`
    expect(found(bare, AMPLIFICATION)).toMatchObject([{ path: 'gateway.routes[0]' }])
  })

  it('with those of the mesh, and of the client of a vendor', () => {
    expect(messages(chain('mesh: { attempts: 4 }'), AMPLIFICATION)).toEqual([
      'one request to order can become 16 at bank: order > payment > bank (4 x 4)',
    ])
    const vendor = chain('', [3, 2]).replace(
      'retry: { attempts: 2 }',
      'retry: { attempts: 2 }, clientAttempts: 2',
    )
    expect(messages(vendor, AMPLIFICATION)).toEqual([
      'one request to order can become 12 at bank: order > payment > bank (3 x 4)',
    ])
  })
})

describe('one layer alone may retry', () => {
  const TWO = 'WT-RETRY-TWO-LAYERS'

  it.each([
    ['process and mesh', chain('mesh: { attempts: 2 }', [2, 1]), 'process (2) and the mesh by default (2)'],
    [
      'sidecar and mesh',
      chain('enforce: sidecar\nmesh: { attempts: 2 }', [2, 1]),
      'sidecar (2) and the mesh by default (2)',
    ],
    [
      'process and the client of a vendor',
      chain('', [2, 1]).replace('attempts: 2 }', 'attempts: 2 }, clientAttempts: 3'),
      "process (2) and the caller's own client (3)",
    ],
    [
      'gateway and mesh',
      chain(`mesh: { attempts: 2 }\n${gateway('retry: { attempts: 2 }')}`),
      'the gateway (2) and the mesh by default (2)',
    ],
  ])('not %s', (_layers, text, named) => {
    const report = found(text, TWO)
    expect(report).toMatchObject([{ severity: 'error', message: expect.stringContaining(named) as string }])
  })

  it.each([
    [
      'the mesh enforces the call in place of its default',
      chain('enforce: mesh\nmesh: { attempts: 2 }', [3, 1]),
    ],
    ['the mesh alone tries again', chain('mesh: { attempts: 2 }')],
    ['the process alone tries again', chain('mesh: { attempts: 1 }', [3, 1])],
  ])('and does where %s', (_name, text) => {
    expect(found(text, TWO)).toEqual([])
  })
})

describe('an operation that is not idempotent', () => {
  const UNSAFE = 'WT-RETRY-UNSAFE'

  it.each([
    [
      'a mesh that enforces its policy',
      chain('enforce: mesh', [2, 1]).replace('retry: { attempts: 2 }', 'retry: { attempts: 2, on: [503] }'),
      'may send it 2 times',
    ],
    ['the mesh', chain('mesh: { attempts: 3 }'), 'may send it 3 times'],
    [
      'the client of a vendor',
      chain('').replace('attempts: 1 }', 'attempts: 1 }, clientAttempts: 4'),
      'may send it 4 times',
    ],
  ])('is retried by %s', (_layer, text, times) => {
    expect(messages(text, UNSAFE)).toEqual([expect.stringContaining(times)])
  })

  it('is sent once, or has a key', () => {
    expect(found(chain(''), UNSAFE)).toEqual([])
    // Process and sidecar never repeat it once it has left.
    expect(found(chain('', [2, 1]), UNSAFE)).toEqual([])
    expect(found(chain('enforce: sidecar', [2, 1]), UNSAFE)).toEqual([])
    const keyed = chain('mesh: { attempts: 3 }').replace(
      'POST /charges: {}',
      'POST /charges: { idempotent: by-key }',
    )
    expect(found(keyed, UNSAFE)).toEqual([])
  })
})

describe('the gateway is held to what calls are held to', () => {
  it.each([
    ['WT-RETRY-NO-JITTER', 'retry: { backoff: { jitter: none } }', 'retry: {}'],
    ['WT-RETRY-NO-BUDGET', 'retry: { budget: off }', 'retry: { budget: { ratio: 10% } }'],
    ['WT-RETRY-NO-WAIT', 'retry: { backoff: { initial: 0ms } }', 'retry: { backoff: { initial: 50ms } }'],
    ['WT-RETRY-NEVER-RUNS', 'retry: { attempts: 7 }', 'retry: { attempts: 6 }'],
    [
      'WT-RETRY-BACKOFF-INVERTED',
      'retry: { backoff: { initial: 9s, max: 3s } }',
      'retry: { backoff: { initial: 1s } }',
    ],
  ])('%s', (code, broken, whole) => {
    expect(found(chain(gateway(broken)), code)).toMatchObject([
      { line: 11, message: expect.stringContaining('of the gateway') as string },
    ])
    expect(found(chain(gateway(whole)), code)).toEqual([])
  })

  it('and a route by itself, at its own place', () => {
    const route = (connect: string): string =>
      chain(gateway('', `, timeout: { connect: ${connect}, attempt: 2s, total: 9s }`))
    expect(found(route('3s'), 'WT-TIMEOUT-CONNECT-ABOVE-ATTEMPT')).toMatchObject([
      {
        path: 'gateway.routes[0].timeout.connect',
        message: expect.stringContaining('route /orders') as string,
      },
    ])
    expect(found(route('1s'), 'WT-TIMEOUT-CONNECT-ABOVE-ATTEMPT')).toEqual([])
  })
})
