import { migrate, openSagaEngine, openStore, saga } from '../../../packages/durable/dist/index.js'

const step = { run: async () => 'ok', compensate: async () => {} }

/** A saga of three steps, each with its compensation registered, by the engine as it comes: leases and fencing on. */
export async function watertightSaga(url) {
  const store = openStore(url)
  await migrate(store)
  const three = saga('three').step('one', step).step('two', step).step('three', step).build()
  const engine = await openSagaEngine({ store, sagas: [three] })
  return {
    name: 'watertight saga',
    run: async (id) => {
      const { outcome } = await engine.start(three, { id, input: { order: id } })
      const { status } = await outcome()
      if (status !== 'done') throw new Error(`cannot measure: a saga ended as ${status}`)
    },
    close: async () => {
      await engine.close()
      await store.close()
    },
  }
}
