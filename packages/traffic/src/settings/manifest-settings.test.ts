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

it('hands on what a proxy enforces besides, and nothing of it where nothing is said', () => {
  const settings = settingsOf({
    timeout: { idle: '2m' },
    retry: { backoff: { pushback: 'off' }, budget: { concurrency: 3 }, on: ['unavailable'] },
    bulkhead: { connections: 100, pending: 50 },
    ejection: { panic: '40%' },
    balance: 'ring-hash',
    hashOn: { header: 'X-User' },
  })
  expect(settings.timeout).toMatchObject({ bodyIdleMs: 120_000, responseHeadersMs: 120_000 })
  expect(settings.retry).toMatchObject({ maxPushbackMs: false, concurrency: 3, on: ['unavailable'] })
  expect(settings.bulkhead).toMatchObject({ concurrency: 150, connections: 100, pending: 50 })
  expect(settings.ejection).toMatchObject({ panic: 0.4 })
  expect(settings.hashOn).toEqual({ header: 'x-user' })
  const silent = settingsOf({ retry: {}, bulkhead: {} })
  expect(silent.timeout).toMatchObject({ bodyIdleMs: 30_000, responseHeadersMs: Infinity })
  expect(silent.retry).toMatchObject({ maxPushbackMs: 60_000 })
  expect(Object.keys(silent.bulkhead!)).toEqual(['concurrency', 'queue', 'maxWaitMs'])
  expect(settingsOf({ timeout: 'off' }).timeout).toMatchObject({ bodyIdleMs: Infinity })
})

it('takes a route for a call of the gateway, whoever enforces what is called behind it', () => {
  const { model } = defineSystem({
    watertight: 'v1',
    system: 'orders',
    enforce: 'mesh',
    policies: { standard: { retry: {} } },
    services: { order: {} },
    gateway: {
      routes: [{ match: { path: '/' }, to: 'order', policy: 'standard', fallback: { status: 200 } }],
    },
  })
  const settings = manifestSettings(model.routes[0]!)
  expect(settings.retry).toMatchObject({ attempts: 3 })
  expect(settings.fallback?.status).toBe(200)
})

it('hands on an adaptive limit with every default, and one algorithm for all that name it', () => {
  const silent = settingsOf({ adaptiveLimit: {} }).adaptiveLimit!
  const { algorithm, ...numbers } = silent
  expect(numbers).toEqual({
    initialLimit: 20,
    minLimit: 1,
    maxLimit: 200,
    queue: 10,
    targetMs: 5,
    intervalMs: 100,
  })
  // Another one would lose what was learned when the document is read again.
  expect(settingsOf({ adaptiveLimit: { max: 50 } }).adaptiveLimit!.algorithm).toBe(algorithm)
  expect(settingsOf({ adaptiveLimit: { algorithm: 'vegas' } }).adaptiveLimit!.algorithm).not.toBe(algorithm)
  expect(settingsOf({ adaptiveLimit: { max: 5, maxWait: '2ms' } }).adaptiveLimit).toMatchObject({
    initialLimit: 5,
    targetMs: 2,
    intervalMs: 2,
  })
  expect(settingsOf({ adaptiveLimit: { min: 300 } }).adaptiveLimit).toMatchObject({
    initialLimit: 300,
    minLimit: 300,
    maxLimit: 300,
  })
  expect(settingsOf({}).adaptiveLimit).toBeUndefined()
})
