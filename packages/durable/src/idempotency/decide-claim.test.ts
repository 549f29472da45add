import { expect, test } from 'vitest'
import { type ClaimRecord, decideClaim, nextEpoch } from './decide-claim.js'

const running: ClaimRecord = {
  fingerprint: 'a',
  claimant: 'first',
  epoch: 1,
  leaseUntil: 100,
  expiresAt: 1_000,
}
const done: ClaimRecord = { ...running, leaseUntil: undefined }
const terms = { fingerprint: 'a', claimant: 'second', onTakeover: 'rerun' } as const
const other = { ...terms, fingerprint: 'b' }
const refusing = { ...terms, onTakeover: 'conflict' } as const

test.each([
  ['nobody has used the key', undefined, terms, 0, 'new'],
  ['the owner is at work', running, terms, 99, 'in-flight'],
  ['the owner is at work on another payload', running, other, 99, 'mismatch'],
  ['the lease ends at this very moment', running, terms, 100, 'takeover'],
  ['the lease has ended, and nobody shall take over', running, refusing, 100, 'unknown'],
  ['the lease of another payload has ended', running, other, 100, 'mismatch'],
  [
    'the owner asks again, since the answer to its claim was lost',
    running,
    { ...refusing, claimant: 'first' },
    50,
    'takeover',
  ],
  [
    'the owner is at work, although the key has expired meanwhile',
    { ...running, leaseUntil: 2_000 },
    terms,
    1_500,
    'in-flight',
  ],
  ['the owner has died, and the key has expired', running, other, 1_000, 'new'],
  ['it is done', done, terms, 999, 'replay'],
  ['it is done, for another payload', done, other, 999, 'mismatch'],
  ['it was done long ago', done, other, 1_000, 'new'],
  ['the owner of a finished key asks again', done, { ...terms, claimant: 'first' }, 50, 'replay'],
] as const)('when %s', (_story, record, asked, now, decision) => {
  expect(decideClaim(record, asked, now)).toBe(decision)
})

test('an epoch grows with time, and also where the clock stands still or goes back', () => {
  expect(nextEpoch(undefined, 5)).toBe(5_000)
  expect(nextEpoch(5_000, 5)).toBe(5_001)
  expect(nextEpoch(9_000, 5)).toBe(9_001)
})
