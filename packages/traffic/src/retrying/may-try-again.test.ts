import { expect, it } from 'vitest'
import { Verdicts } from '../verdict/verdicts.js'
import { mayTryAgain } from './may-try-again.js'

const verdicts = new Verdicts({ retryOn: ['connect-failure', 'reset', 503] })
const once = { idempotent: false, replayable: true }
const again = { idempotent: true, replayable: true }
const gone = { idempotent: true, replayable: false }

it('sends again what may be done twice, and what never arrived', () => {
  expect(mayTryAgain(verdicts.ofStatus(503), again)).toBe(true)
  expect(mayTryAgain(verdicts.ofStatus(503), once)).toBe(false)
  expect(mayTryAgain(verdicts.ofFailure('reset'), once)).toBe(false)
  expect(mayTryAgain(verdicts.ofFailure('connect-failure'), once)).toBe(true)
})

it('sends nothing whose bytes are gone, and nothing for which the conditions do not hold', () => {
  expect(mayTryAgain(verdicts.ofFailure('connect-failure'), gone)).toBe(false)
  expect(mayTryAgain(verdicts.ofStatus(500), again)).toBe(false)
})
