import { defineSystem } from '@watertight/manifest'
import { expect, it } from 'vitest'
import type { CallSettings } from './call-settings.js'
import { manifestSettings } from './manifest-settings.js'

const settingsOf = (policy: object): CallSettings => {
  const { model } = defineSystem({
    watertight: 'v1',
    system: 'orders',
    policies: { standard: policy },
    services: { order: { calls: { payment: { policy: 'standard' } } }, payment: {} },
  })
  return manifestSettings(model.services.get('order')!.calls[0]!)
}

it('lets a total that nobody wrote end with the head of the answer, so that streams run on', () => {
  expect(settingsOf({}).timeout).toMatchObject({ totalMs: 60_000, totalCoversBody: false })
  expect(settingsOf({ timeout: { attempt: '1s' } }).timeout).toMatchObject({ totalCoversBody: false })
  expect(settingsOf({ timeout: { total: '3s' } }).timeout).toMatchObject({
    totalMs: 3_000,
    totalCoversBody: true,
  })
  expect(settingsOf({ timeout: 'off' }).timeout).toMatchObject({ totalMs: Infinity, connectMs: Infinity })
})

it('hands answers on to everything that judges, wherever the document says them', () => {
  expect(settingsOf({ answers: [503] }).answers).toEqual([503])
  expect(settingsOf({ breaker: { answers: [503] } }).answers).toEqual([503])
  expect(settingsOf({}).answers).toEqual([])
})
