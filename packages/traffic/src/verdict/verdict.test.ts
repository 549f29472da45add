import { expect, it } from 'vitest'
import { aborted, refused, timedOut, unsendable, type Verdict } from './verdict.js'

/** What is said of an end, in one line. */
function told({ outcome, failed, replaceable, repeatable, neverSent, reason }: Verdict): string {
  const traits = Object.entries({ failed, replaceable, repeatable, neverSent })
  return [reason, outcome, ...traits.filter(([, holds]) => holds).map(([trait]) => trait)].join(' ')
}

it('an end that needs no settings to be judged says all of it', () => {
  expect([refused, timedOut, aborted, unsendable].map(told)).toEqual([
    // A refusal of our own says nothing of the callee, and asking again at once is what was refused.
    'refused refused replaceable neverSent',
    'timeout failure failed replaceable',
    'aborted aborted',
    'unsendable aborted neverSent',
  ])
})
