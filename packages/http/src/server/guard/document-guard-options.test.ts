import { readManifest } from '@watertight/manifest'
import { expect, it } from 'vitest'
import { documentGuardOptions } from './document-guard-options.js'
import { createServerGuard } from './server-guard.js'

function optionsFor(shedding: string): ReturnType<typeof documentGuardOptions> {
  const { system } = readManifest(
    `watertight: v1\nsystem: shop\nservices: { order: { port: 7001${shedding} } }\n`,
    'watertight.yaml',
  )
  return documentGuardOptions(system!.model, 'order')
}

it.each([
  ['', 100, false],
  [', shedding: off', Infinity, false],
  [', shedding: {}', 100, true],
  [', shedding: { concurrency: 20 }', 20, true],
  [', shedding: { concurrency: 5000 }', 100, true],
])('of a document with a service {%s} make a guard that begins at a limit of %s', (text, limit, measures) => {
  const guard = createServerGuard(optionsFor(text))
  expect([guard.limit, guard.overload !== undefined]).toEqual([limit, measures])
})

it('hand on what the process may bear', () => {
  const options = optionsFor(', shedding: { queue: 7, eventLoopDelay: 250ms, heapUsed: off, memory: 512MiB }')
  expect(options).toEqual({
    shedding: { initialLimit: 100, maxLimit: 1_000, queue: 7 },
    overload: { eventLoopDelayMs: 250, heapUsed: Infinity, rssBytes: 536_870_912 },
  })
})

it('are refused for a service that is not in the document', () => {
  const { system } = readManifest(
    'watertight: v1\nsystem: shop\nservices: { order: {} }\n',
    'watertight.yaml',
  )
  expect(() => documentGuardOptions(system!.model, 'ordre')).toThrow(
    "cannot create server guard: service must be one of order, got 'ordre'",
  )
})
