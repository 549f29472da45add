import { expect, it } from 'vitest'
import type { SagaSummary } from '../../model/saga-summary.js'
import type { Snapshot } from '../../model/snapshot.js'
import { systemStanding } from './system-standing.js'

const nothing = { known: false, source: 'store', reason: 'no store is named' } as const

const calm = {
  services: [{ name: 'order', kind: 'service', level: 'ok', because: [] }],
  edges: [],
  sources: [],
  sagas: nothing,
  waiting: nothing,
  messaging: nothing,
} as unknown as Snapshot

it('says that all is well only where nobody is waited for', () => {
  expect(systemStanding(calm)).toMatchObject({ level: 'ok', reasons: [] })
  const sagas = {
    known: true,
    value: [{ id: 'order-1', status: 'compensation-failed' } as SagaSummary],
  } as const
  expect(systemStanding({ ...calm, sagas })).toMatchObject({
    level: 'warning',
    sentence: '1 warning',
    reasons: [{ text: '1 saga could not be undone', more: { tab: 'sagas', saga: 'order-1' } }],
  })
  const messaging = { known: true, value: { deadLetters: [{}, {}] } } as unknown as Snapshot['messaging']
  expect(systemStanding({ ...calm, messaging })).toMatchObject({
    level: 'warning',
    reasons: [{ text: '2 events failed for good', more: { tab: 'messages' } }],
  })
})
