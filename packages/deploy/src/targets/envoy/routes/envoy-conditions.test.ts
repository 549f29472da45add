import { describe, expect, it } from 'vitest'
import { conditionsForAll, conditionsForUnsent } from './envoy-conditions.js'

describe('conditions', () => {
  it('are named as Envoy names them, with statuses apart', () => {
    expect(conditionsForAll(['gateway-error', 'reset', 409], [])).toEqual({
      words: ['gateway-error', 'reset'],
      statuses: [409],
    })
  })

  it('leave out the time limit of a try, which Envoy counts among the resets', () => {
    expect(conditionsForAll(['attempt-timeout', 503], [])).toEqual({ words: [], statuses: [503] })
  })

  it('name each status where answers are excepted, and still cover what ends without an answer', () => {
    expect(conditionsForAll(['gateway-error'], [503])).toEqual({ words: ['reset'], statuses: [502, 504] })
    expect(conditionsForAll([503], [503])).toEqual({ words: [], statuses: [] })
  })

  it('for what may have been done are those under which the callee saw nothing', () => {
    expect(conditionsForUnsent(['5xx']).words).toEqual([
      'connect-failure',
      'refused-stream',
      'reset-before-request',
    ])
    expect(conditionsForUnsent(['connect-failure', 503]).words).toEqual(['connect-failure'])
    expect(conditionsForUnsent([503]).words).toEqual([])
  })
})
