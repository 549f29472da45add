import { describe, expect, it } from 'vitest'
import { callRules } from './call-rules.js'

describe('the total time of a call', () => {
  it.each([
    ['of which nobody says anything', {}, 60_000, false],
    ['that is given', { timeout: { totalMs: 5_000 } }, 5_000, true],
    [
      'that is given for the head alone',
      { timeout: { totalMs: 5_000, totalCoversBody: false } },
      5_000,
      false,
    ],
    ['that is a default which covers the body', { timeout: { totalCoversBody: true } }, 60_000, true],
    ['that is switched off', { timeout: false as const }, Infinity, false],
  ])('%s', (_name, settings, totalMs, limitsBody) => {
    expect(callRules(settings)).toMatchObject({ totalMs, limitsBody })
  })
})
