import { expect, test } from 'vitest'
import { StoreError } from '../../store/errors.js'
import { isPassingError } from './is-passing-error.js'

test.each([
  'WT_STORE_CLOSED',
  'WT_STORE_FOLDER_IN_USE',
  'WT_STORE_LOST',
  'WT_STORE_MISSING_PACKAGE',
  'WT_STORE_RESTORED',
] as const)('whoever starts a saga is told of %s at once, since no other try would end otherwise', (code) => {
  expect(isPassingError(new StoreError(code, 'said'))).toBe(false)
})

test.each(['WT_STORE_DEADLINE', 'WT_STORE_COMMIT_UNKNOWN'] as const)(
  'the store may answer after %s: it is asked again',
  (code) => {
    expect(isPassingError(new StoreError(code, 'said'))).toBe(true)
  },
)

const withCode = (code: string): Error => Object.assign(new Error('said'), { code })

test.each([
  ['a lost connection', withCode('ECONNRESET'), true],
  ['what the driver says without a code', new Error('Connection terminated unexpectedly'), true],
  ['a deadlock', withCode('40P01'), true],
  ['a server that starts', withCode('57P03'), true],
  ['a table that is missing', withCode('42P01'), false],
  ['a value that the database refuses', withCode('22P02'), false],
  ['nothing', null, true],
] as const)('whether a statement is sent again after %s', (_what, error, isPassing) => {
  expect(isPassingError(error)).toBe(isPassing)
})
