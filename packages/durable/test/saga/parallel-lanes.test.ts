import { beforeEach, expect, test, vi } from 'vitest'
import { saga, type SagaDefinition } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
beforeEach(async () => void (await bench.store.query('delete from watertight.saga')))

const patient = { timeout: 20_000 }
const count = 30

/** A parallel stage of which one dependency hangs until it is let go, in sagas that begin with it or come to it. */
function halfHung(name: string, first: 'at once' | 'after a step') {
  let letGo = (): void => {}
  const hanging = new Promise<void>((resolve) => (letGo = resolve))
  const thanked: string[] = []
  const stage = {
    ship: { run: () => hanging, compensate: () => {}, dependency: 'shipping', timeout: '5m' },
    points: {
      run: ({ sagaId }: { readonly sagaId: string }) => void thanked.push(sagaId),
      compensate: () => {},
      dependency: 'loyalty',
    },
  } as const
  const begun = saga<null>(name)
  const definition: SagaDefinition<null> = (
    first === 'at once' ? begun : begun.step('reserve', { run: () => 1, compensate: () => {} })
  )
    .parallel('fulfil', stage)
    .build()
  return { definition, thanked, letGo: () => letGo() }
}

const standing = async (): Promise<{ readonly owned: number; readonly done: number }> => {
  const { rows } = await bench.store.query<{ owned: number; done: number }>(
    `select count(owner)::integer as owned, count(*) filter (where status = 'done')::integer as done from watertight.saga`,
  )
  return rows[0]!
}

test.for(['at once', 'after a step'] as const)(
  'a stage %s of which one dependency hangs: the others are asked, and no more sagas are kept in memory than there is room for',
  async (first) => {
    const { definition, thanked, letGo } = halfHung(`half-hung ${first}`.replaceAll(' ', '-'), first)
    const dependencies = { shipping: 1, loyalty: 2 }
    const engine = await bench.open({ sagas: [definition], dependencies, drainMs: 0 })
    for (let index = 0; index < count; index += 1)
      await engine.start(definition, { id: `${first.replaceAll(' ', '-')}-${index}`, input: null })
    await vi.waitUntil(() => thanked.length === count, patient)
    // One is under way at shipping, and one waits its turn there.
    await expect.poll(async () => (await standing()).owned, patient).toBe(2)
    letGo()
    await expect.poll(standing, patient).toEqual({ owned: 0, done: count })
    expect(new Set(thanked).size).toBe(count)
    expect(thanked).toHaveLength(count)
  },
)
