import { constant } from '@watertight/policy'
import { saga, type SagaDefinition, StepRefusal } from '../../src/saga/index.js'

const retry = { attempts: 3, backoff: constant({ ms: 1 }) }

/** Where a saga has its effects. */
export interface Effects {
  do(key: string): unknown
  undo(stepKey: string): unknown
}

export interface Story {
  readonly definition: SagaDefinition
  /** How it ends, and what stands then, whatever was lost on the way. */
  readonly status: string
  readonly standing: readonly string[]
}

/** A refusal at the end, with a timer and a step that may be left out on the way; a doubt whose undoing fails at first; a child. */
export function sagaStories(services: Effects, run: string): readonly Story[] {
  const step = {
    run: ({ key }: { key: string }) => services.do(key),
    compensate: async ({ stepKey }: { stepKey: string }) => {
      await services.undo(stepKey)
    },
    retry,
  }
  let failuresLeft = 1
  const refused = saga(`refused-${run}`)
    .step('reserve', step)
    .sleep('pause', '5ms')
    .parallel('both', { charge: step, mail: { ...step, optional: true } })
    .step('ship', {
      run: () => {
        throw new StepRefusal('no-address')
      },
      effect: 'none',
      refusals: ['no-address'],
    })
    .build()
  const doubted = saga(`doubted-${run}`)
    .step('reserve', {
      ...step,
      compensate: async ({ stepKey }) => {
        if (failuresLeft-- > 0) throw new Error('not yet')
        await services.undo(stepKey)
      },
      compensation: { retry },
    })
    .step('charge', {
      ...step,
      run: async ({ key }) => {
        await services.do(key)
        throw new Error('the answer was lost')
      },
    })
    .build()
  const parcel = saga(`parcel-${run}`).step('pack', step).step('send', step).build()
  const whole = saga(`whole-${run}`)
    .step('reserve', step)
    .child('parcel', { saga: parcel, input: () => null })
    .step('ship', { run: step.run, retry })
    .build()
  const stories = [
    { definition: refused, status: 'compensated', standing: [] },
    { definition: doubted, status: 'compensated', standing: [] },
    { definition: whole, status: 'done', standing: ['reserve', 'parcel.pack', 'parcel.send', 'ship'] },
  ]
  return stories
}
