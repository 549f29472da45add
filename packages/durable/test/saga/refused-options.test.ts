import { expect, test } from 'vitest'
import { openSagaEngine, saga, type SagaDefinition } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
const step = { run: () => 1, compensate: () => {}, dependency: 'payment' }
const pay = saga('pay').step('charge', step).build()
/** As whoever writes JavaScript, or gets options from elsewhere. */
const wrong = (value: unknown): never => value as never

test.each([
  [{ payment: 0 }, 'dependencies.payment must be an integer >= 1, got 0'],
  [{ payment: '2' }, "dependencies.payment must be an integer >= 1, got '2'"],
  [{ paymnet: 2 }, "unknown option 'dependencies.paymnet'; did you mean dependencies.payment?"],
])(
  'a bound of a dependency that would bound nothing, or everything, is refused: %j',
  async (dependencies, message) => {
    const opened = bench.open({ sagas: [pay], dependencies: wrong(dependencies) })
    await expect(opened).rejects.toThrow(`cannot create saga engine: ${message}`)
  },
)

test.each([
  [
    { 1: { rename: { one: 'charge' } } },
    "unknown option 'migrations.1.rename'; did you mean migrations.1.renamed?",
  ],
  [
    { 1: { renamed: { one: 'chrage' } } },
    "migrations.1.renamed must name steps of version 2, got 'chrage'; did you mean charge?",
  ],
  [
    { 1: { renamed: { one: 'charge', two: 'charge' } } },
    "migrations.1.renamed must name steps of version 2, each once, got 'charge' twice",
  ],
  [{ 2: {} }, "migrations must be by versions older than 2, got '2'"],
  [{ 1: 'renamed' }, "migrations.1 must be an object, got 'renamed'"],
])(
  'a migration that no instance could be moved by is refused when the saga is built: %j',
  (migrations, message) => {
    const builder = saga('pay', { version: 2, migrations: wrong(migrations) }).step('charge', step)
    expect(() => builder.build()).toThrow(`cannot create saga pay: ${message}`)
  },
)

test('two versions cannot both say how instances of one before them go on', async () => {
  const to = (version: number) =>
    saga('pay', { version, migrations: { 1: {} } })
      .step('charge', step)
      .build()
  await expect(bench.open({ sagas: [to(2), to(3)] })).rejects.toThrow(
    'one version of pay must say how instances of version 1 go on, got 2 and 3',
  )
})

test.each([
  [{ saga: saga('pay').step('charge', step) }, 'saga must be a saga, as build() returns it, got an object'],
  [{ saga: undefined }, 'saga must be a saga, as build() returns it, got undefined'],
  [{ saga: pay, timeot: '5s' }, "unknown option 'timeot'; allowed are saga, input"],
])('a child that is no saga, or with options that no child has, is refused: %j', (given, message) => {
  const options: { saga: SagaDefinition; input: () => null } = wrong({ input: () => null, ...given })
  expect(() => saga('order').child('pay', options)).toThrow(
    `cannot create child pay of saga order: ${message}`,
  )
})

test('an engine is opened with sagas that were built, and starts none whose input is misspelt', async () => {
  for (const sagas of [[null], [saga('pay').step('charge', step)]])
    await expect(openSagaEngine(wrong({ store: bench.store, sagas }))).rejects.toThrow(
      'cannot create saga engine: sagas must be a list of sagas, as build() returns them, got an array',
    )
  const engine = await bench.open({ sagas: [pay] })
  await expect(engine.start(pay, wrong({ id: 'p1', inptu: 1 }))).rejects.toThrow(
    "cannot create the start of saga pay: unknown option 'inptu'; did you mean input?",
  )
  expect(await engine.find('p1')).toBeUndefined()
})
