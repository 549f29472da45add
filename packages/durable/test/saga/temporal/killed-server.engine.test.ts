import { constant } from '@watertight/policy'
import { expect, test } from 'vitest'
import { saga } from '../../../src/saga/index.js'
import { Services } from '../services.js'
import { TemporalBench } from './temporal-bench.js'

const bench = new TemporalBench()
const COUNT = 60

test(
  'the Temporal server is killed and started again under load: every saga ends, each effect happens once',
  { timeout: 240_000 },
  async () => {
    const services = new Services()
    const retry = { attempts: 50, backoff: constant({ ms: 100 }) }
    let done = 0
    const step = {
      run: ({ key }: { key: string }) => {
        done += 1
        return services.do(key)
      },
      compensate: ({ stepKey }: { stepKey: string }) => services.undo(stepKey),
      retry,
    }
    const placeOrder = saga('place-order')
      .step('reserve', step)
      .step('charge', step)
      .step('ship', step)
      .build()
    const engine = await bench.open({ sagas: [placeOrder] })
    const ids = Array.from({ length: COUNT }, () => bench.nextId())
    const handles = await Promise.all(ids.map((id) => engine.start(placeOrder, { id, input: null })))
    await expect.poll(() => done, { timeout: 60_000 }).toBeGreaterThan(COUNT / 2)
    await bench.server.kill()
    await bench.server.start()
    const outcomes = await Promise.all(
      handles.map(async ({ id }) => {
        const status = async (): Promise<string | undefined> =>
          (await engine.find(id).catch(() => undefined))?.status
        await expect.poll(status, { timeout: 120_000, interval: 500 }).toBe('done')
        return id
      }),
    )
    const effects = [...services.effects.values()]
    console.log(
      `server killed once: ${COUNT} acknowledged, ${COUNT - outcomes.length} lost, ` +
        `${effects.filter(({ count }) => count !== 1).length} duplicate effects, ${done - effects.length} steps asked again`,
    )
    expect(effects).toHaveLength(COUNT * 3)
    expect(effects.every(({ count, undone }) => count === 1 && !undone)).toBe(true)
  },
)
