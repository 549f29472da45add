import { describe, expect, it } from 'vitest'
import { checkManifest } from '../findings/check-manifest.js'
import { readManifest } from '../reading/read-manifest.js'

const text = (call: string, standard = 'timeout: { total: 3s }'): string => `watertight: v1
system: shop
policies:
  standard: { ${standard} }
services:
  order: { calls: { payment: { policy: standard, ${call} } } }
  payment: {}
`

function policy(document: string) {
  const { system, problems } = readManifest(document, 'watertight.yaml')
  expect(problems).toEqual([])
  return system?.graph.call('order', 'payment')?.policy
}

const codes = (document: string): string[] => checkManifest(document).findings.map(({ code }) => code)

describe('answers', () => {
  it('are resolved for the whole policy, wherever they were written', () => {
    expect(policy(text('answers: [503, gateway-error]'))?.answers).toEqual([503, 'gateway-error'])
    expect(policy(text('breaker: { answers: [503] }'))?.answers).toEqual([503])
    expect(policy(text(''))?.answers).toEqual([])
  })

  it('of a call hide those of its policy, in either spelling, and off removes them', () => {
    expect(policy(text('answers: [502]', 'breaker: { answers: [503] }'))?.answers).toEqual([502])
    expect(policy(text('breaker: { answers: [502] }', 'answers: [503]'))?.answers).toEqual([502])
    expect(policy(text('answers: off', 'answers: [503]'))?.answers).toEqual([])
  })

  it('survive a breaker that is switched off: they are no longer part of it', () => {
    expect(policy(text('breaker: off', 'breaker: { answers: [503] }'))?.answers).toEqual([503])
  })

  it.each(['connect-failure', 'reset', 'attempt-timeout'])('cannot be %s, which is no answer', (word) => {
    const { findings } = checkManifest(text(`answers: [${word}]`))
    expect(findings.find(({ code }) => code === 'WT-DOC-VALUE')?.message).toContain(
      'what ends without an answer cannot be one',
    )
  })
})

describe('a former spelling', () => {
  it.each([
    ['breaker: { answers: [503] }', 'breaker.answers is now answers'],
    ['hedge: { after: 1s, attempts: 2 }', 'hedge.attempts is now hedge.extra'],
  ])('%s is read with a note that names the new one', (call, says) => {
    const { findings } = checkManifest(text(call))
    expect(findings.filter(({ code }) => code === 'WT-DOC-FORMER-SPELLING')).toMatchObject([
      { severity: 'note', message: expect.stringContaining(says) as string },
    ])
  })

  it('beside the present one is an error when the two differ', () => {
    expect(codes(text('answers: [500], breaker: { answers: [503] }'))).toContain('WT-DOC-TWO-SPELLINGS')
    expect(codes(text('hedge: { after: 1s, attempts: 2, extra: 1 }'))).toContain('WT-DOC-TWO-SPELLINGS')
    expect(codes(text('answers: [500, 503], breaker: { answers: [503, 500] }'))).not.toContain(
      'WT-DOC-TWO-SPELLINGS',
    )
  })

  it('means the same: what a hedge sends beside the first request', () => {
    expect(policy(text('hedge: { after: 1s, attempts: 2 }'))?.hedge).toEqual({ afterMs: 1_000, extra: 2 })
    expect(
      policy(text('hedge: { after: 1s, extra: 3 }', 'hedge: { after: 1s, attempts: 2 }'))?.hedge?.extra,
    ).toBe(3)
  })
})
