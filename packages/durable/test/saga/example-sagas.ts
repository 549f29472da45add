import { constant } from '@watertight/policy'
import { saga, type SagaDefinition } from '../../src/saga/index.js'

const backoff = constant({ ms: 0 })
const retry = { attempts: 2, backoff }
/** More tries than answers are lost: a saga that is parked all the same was given up too early. */
const undoable = {
  run: () => null,
  compensate: () => null,
  retry,
  compensation: { retry: { attempts: 6, backoff } },
}

/** One of each kind of thing that a saga can hold. */
export const exampleSagas: readonly SagaDefinition[] = [
  saga('place-order')
    .step('reserve', { ...undoable, refusals: ['out-of-stock'] })
    .step('charge', { ...undoable, refusals: ['card-declined'] })
    .step('ship', { run: () => null, retry })
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
    .step('check', { run: () => null, effect: 'none', retry })
    .step('reserve', undoable)
    .sleep('think', '1h')
    .step('open', { run: () => null, retry })
    .build(),
  saga('in-time', { deadline: '1h' })
    .step('reserve', undoable)
    .step('charge', { ...undoable, refusals: ['card-declined'] })
    .build(),
  saga('with-child')
    .step('reserve', undoable)
    .child('shipping', {
      saga: saga('shipping')
        .step('pack', { ...undoable, refusals: ['too-large'] })
        .step('send', undoable)
        .build(),
      input: () => null,
    })
    .step('charge', { ...undoable, refusals: ['card-declined'] })
    .build(),
  saga('with-final-child')
    .step('reserve', undoable)
    .child('shipping', {
      saga: saga('shipping')
        .step('pack', { ...undoable, refusals: ['too-large'] })
        .step('send', { run: () => null, retry })
        .build(),
      input: () => null,
    })
    .build(),
] as readonly SagaDefinition[]

/** The first compensation that gets no answer parks it. */
export const parkedSaga = saga('parked')
  .step('reserve', { ...undoable, compensation: { retry: { attempts: 1 } } })
  .step('charge', { ...undoable, refusals: ['card-declined'] })
  .build() as SagaDefinition
