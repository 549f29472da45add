import { defineSystem, type ManifestDocument } from '@watertight/manifest'
import { expect, it } from 'vitest'
import { modelPolicies } from '../../src/client/model-policies.js'
import { type InMemory, inMemory } from '../in-memory.js'

type AdaptiveLimit = NonNullable<NonNullable<ManifestDocument['policies']>[string]['adaptiveLimit']>

/** A call by the document, in virtual time. */
function calling(adaptiveLimit: AdaptiveLimit): InMemory {
  const { model } = defineSystem({
    watertight: 'v1',
    system: 'orders',
    services: { order: { calls: { payment: { retry: 'off', adaptiveLimit } } }, payment: {} },
  })
  return inMemory([{ latency: 100 }], modelPolicies(model.services.get('order')!.calls[0]!, undefined))
}

/** Thirty calls at one time: how many were answered, and how many refused in no time at all. */
async function round(test: InMemory): Promise<{ answered: number; refused: number }> {
  const { send, clock } = test
  const startedAt = clock.now()
  const told = { answered: 0, refused: 0 }
  const calls = Array.from({ length: 30 }, () =>
    send('/').then(
      () => (told.answered += 1),
      (error: { code: string }) => {
        expect([error.code, clock.now() - startedAt]).toEqual(['WT_OVERLOADED', 0])
        told.refused += 1
      },
    ),
  )
  await test.settled(Promise.all(calls))
  return told
}

it('an adaptive limit of the document shrinks while the callee is slow, and grows back once it is not', async () => {
  using test = calling({ queue: 0 })
  let limit = 20
  test.send.policy.on('limit', ({ to }) => (limit = to))
  expect(await round(test)).toEqual({ answered: 20, refused: 10 })
  for (let turn = 0; turn < 10; turn += 1) await round(test)
  const quiet = limit
  expect(quiet).toBeGreaterThan(20)

  test.upstream.play([{ latency: 800 }])
  for (let turn = 0; turn < 18; turn += 1) await round(test)
  const slow = limit
  expect(slow).toBeLessThan(15)
  expect(await round(test)).toEqual({ answered: slow, refused: 30 - slow })

  test.upstream.play([{ latency: 100 }])
  for (let turn = 0; turn < 18; turn += 1) await round(test)
  expect(limit).toBeGreaterThan(slow + 5)
}, 120_000)

it('calls beyond it wait for a moment where the document lets them', async () => {
  using test = calling({ initial: 1, max: 1, queue: 1, maxWait: '1s' })
  const codes: unknown[] = []
  const calls = Array.from({ length: 3 }, () =>
    test.send('/').then(
      ({ status }) => codes.push(status),
      (error: { code: string }) => codes.push(error.code),
    ),
  )
  await test.settled(Promise.all(calls))
  expect(codes).toEqual(['WT_OVERLOADED', 200, 200])
})
