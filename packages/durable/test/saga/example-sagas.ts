import { constant } from '@watertight/policy'
import { saga, type SagaDefinition } from '../../src/saga/index.js'

const at0 = { attempts: 2, backoff: constant({ ms: 0 }) }
const undoable = { run: () => null, compensate: () => null, retry: at0, compensation: { retry: at0 } }

/** One of each kind of thing that a saga can hold. */
export const exampleSagas: readonly SagaDefinition[] = [
  saga('place-order')
    .step('reserve', { ...undoable, refusals: ['out-of-stock'] })
    .step('charge', { ...undoable, refusals: ['card-declined'] })
    .step('ship', { run: () => null, retry: at0 })
    .build(),
  saga('with-points')
    .step('reserve', undoable)
    .parallel('fulfil', {
      ship: { ...undoable, refusals: ['no-address'] },
      points: { ...undoable, optional: true },
    })
    .build(),
  saga('book-trip')
    .parallel('book', { flight: { ...undoable, refusals: ['full'] }, hotel: undoable })
    .signal('confirmed', { timeout: '1h' })
    .step('pay', { ...undoable, refusals: ['card-declined'] })
    .build(),
  saga('cool-off')
    .step('check', { run: () => null, effect: 'none', retry: at0 })
    .step('reserve', undoable)
    .sleep('think', '1h')
    .step('open', { run: () => null, retry: at0 })
    .build(),
] as readonly SagaDefinition[]
