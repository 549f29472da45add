import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { snapshotJsonSchema } from '../src/index.js'
import { act, openConsole, shows, startShop } from './shop.js'

test('shows a system that watertight up runs, and changes it', { timeout: 180_000 }, async () => {
  const { run, file } = await startShop()
  const opened = await openConsole({ manifest: file })
  const portOf = (name: string) => run.status().find((program) => program.name === name)?.port
  const pidOf = (name: string) => run.status().find((program) => program.name === name)?.pid
  const load = setInterval(() => void fetch(`http://127.0.0.1:${portOf('order')}/`).catch(() => {}), 100)
  try {
    const snapshot = await shows(opened, (shown) => {
      const [order] = shown.services
      expect(order).toMatchObject({ name: 'order', level: 'ok', signals: { known: true } })
      expect(order?.signals).toMatchObject({ value: { errorShare: 0, ratePerSecond: expect.any(Number) } })
      expect(order?.replicas).toMatchObject({ known: true, value: [{ name: 'order', state: 'ready' }] })
      return shown
    })
    expect(snapshot.system).toBe('shop')
    expect(snapshot.edges.map(({ id }) => id)).toEqual(['order>payment'])
    expect(snapshot.services[1]?.signals).toEqual({
      known: false,
      source: 'metrics of payment',
      reason: 'it shows no metrics of its own (GET /metrics answers 404)',
    })
    expect(snapshot.sources).toContainEqual(
      expect.objectContaining({ name: 'metrics of payment', state: 'absent' }),
    )
    expect(snapshot.sagas).toMatchObject({ known: false, source: 'store' })
    expect(snapshot.events.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^order ready after/),
    )
    const isValid = new Ajv2020({ strict: false }).compile(snapshotJsonSchema())
    expect([isValid(snapshot), isValid.errors]).toEqual([true, null])

    expect((await act(opened, 'scale', { service: 'payment', replicas: 2 })).body).toEqual({
      ok: true,
      action: 'scale',
      did: 'payment has 2 replicas',
    })
    expect(run.status().map(({ name }) => name)).toContain('payment-2')
    const before = pidOf('payment')
    expect((await act(opened, 'restart', { service: 'payment' })).status).toBe(200)
    expect(pidOf('payment')).not.toBe(before)
    expect((await act(opened, 'kill', { service: 'order' })).status).toBe(200)
    await shows(opened, ({ events, services }) => {
      expect(events.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^order ended \(SIGKILL\)/))
      expect(services[0]?.replicas).toMatchObject({ value: [{ name: 'order', state: 'ready', restarts: 1 }] })
    })
    expect((await act(opened, 'kill', { service: 'ordr' })).body).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^cannot signal ordr: there is no such program/),
    })
    expect((await act(opened, 'scale', { service: 'order', replicas: 0 })).body).toMatchObject({
      error: 'cannot scale order: replicas must be an integer from 1 to 100, got 0',
    })
  } finally {
    clearInterval(load)
  }
})
