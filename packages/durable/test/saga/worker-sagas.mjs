import { appendFileSync, readFileSync } from 'node:fs'
import { constant } from '@watertight/policy'
import { saga, StepRefusal } from '@watertight/durable'

/**
 * The sagas that workers are killed in. Whatever they do is a line among the effects; `effect` writes one, and `onBegan` is
 * waited for after that of a step.
 */
export function workerSagas({ effects, effect, onBegan = async () => {} }) {
  const retry = { attempts: 3, backoff: constant({ ms: 10 }) }
  const step = {
    run: async ({ key, attempt }) => {
      effect(`do ${key}`)
      await onBegan(key, attempt)
      return process.pid
    },
    compensate: ({ stepKey }) => effect(`undo ${stepKey}`),
    retry,
  }

  /** Whether a compensation has failed before, in this process or another. */
  const hasFailed = (key) => readFileSync(effects, 'utf8').includes(`fail ${key}\n`)
  const eventful = saga('eventful')
    .step('reserve', step)
    .sleep('pause', '20ms')
    .parallel('both', { charge: step, mail: { ...step, optional: true } })
    .step('ship', {
      run: () => {
        throw new StepRefusal('no-address')
      },
      compensate: () => {},
      refusals: ['no-address'],
    })
    .build()
  const flaky = saga('flaky')
    .step('reserve', {
      ...step,
      compensate: ({ stepKey }) => {
        if (!hasFailed(stepKey)) {
          appendFileSync(effects, `fail ${stepKey}\n`)
          throw new Error('not yet')
        }
        effect(`undo ${stepKey}`)
      },
      compensation: { retry },
    })
    .step('charge', {
      ...step,
      run: ({ key }) => {
        effect(`do ${key}`)
        throw new Error('the answer was lost')
      },
    })
    .build()
  const part = saga('part').step('pack', step).step('send', step).build()
  const whole = saga('whole')
    .step('reserve', step)
    .child('parcel', { saga: part, input: () => null })
    .step('ship', { run: step.run, retry })
    .build()
  return { eventful, flaky, whole }
}
