import { aimd } from '@watertight/policy'
import { expect, it } from 'vitest'
import { Observer } from './observer.js'

const codeOf = (detail: object): string => ('code' in detail ? String(detail.code) : '')

it('refuses in thought what a bulkhead would: beyond its slots and places, and who would have waited too long', () => {
  const observer = new Observer({ bulkhead: { concurrency: 1, queue: 1, maxWaitMs: 50 } })
  const refusals: string[] = []
  observer.events = { emit: (type, policy, detail) => refusals.push(`${type} ${policy} ${codeOf(detail)}`) }
  const first = observer.began(0)
  const waits = observer.began(0)
  const refused = observer.began(0)
  expect(refusals).toEqual(['would-refuse bulkhead WT_BULKHEAD_FULL'])
  observer.ended(refused, 10, false)
  // The slot is free again, but whoever waits has waited as long as it may.
  observer.ended(first, 60, false)
  const next = observer.began(60)
  expect(refusals).toHaveLength(2)
  observer.ended(waits, 70, false)
  observer.ended(next, 70, false)
  observer.began(80)
  expect(observer.counts(1)).toEqual({ refused: 3, timedOut: 0, retried: 0 })
})

it('counts what would have been cut off, and what would have been tried again while there was time', () => {
  const observer = new Observer({ timeout: { totalMs: 100 }, retry: { attempts: 2 } })
  const told: string[] = []
  observer.events = { emit: (type) => told.push(type) }
  observer.ended(observer.began(0), 50, true)
  observer.ended(observer.began(0), 101, true)
  observer.reconfigure({ timeout: { totalMs: 100 }, retry: false })
  observer.ended(observer.began(0), 50, true)
  expect(observer.counts(0)).toEqual({ refused: 0, timedOut: 1, retried: 1 })
  expect(told).toEqual(['would-retry', 'would-time-out'])
})

it('asks a rate limit, in which whoever would have waited has a moment of its own', () => {
  const observer = new Observer({ rateLimit: { limit: 1, perMs: 100, maxWaitMs: 100 } })
  const refusals: string[] = []
  observer.events = { emit: (_type, policy) => refusals.push(policy) }
  for (const now of [0, 0, 0]) observer.began(now)
  expect(refusals).toEqual(['rate-limit'])
})

it('asks an adaptive limit, which shrinks in thought by what runs all the same', () => {
  const observer = new Observer({
    retry: false,
    adaptiveLimit: { algorithm: aimd({ backoffRatio: 0.5 }), initialLimit: 2, queue: 0 },
  })
  const refusals: string[] = []
  observer.events = { emit: (type, policy, detail) => refusals.push(`${type} ${policy} ${codeOf(detail)}`) }
  const both = [observer.began(0), observer.began(0)]
  expect(refusals).toEqual([])
  for (const call of both) observer.ended(call, 10, true)
  // The failures of one round have halved it once.
  observer.began(20)
  const third = observer.began(20)
  expect(refusals).toEqual(['would-refuse adaptive-limit WT_OVERLOADED'])
  expect(third.refusedBy).toBe('adaptive-limit')
})
