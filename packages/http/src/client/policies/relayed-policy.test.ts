import { pipeline, retry, timeout } from '@watertight/policy'
import { expect, it } from 'vitest'
import { RelayedPolicy } from './relayed-policy.js'

const fails = (): never => {
  throw new Error('reset')
}

it('keeps its listeners when another policy takes the place', async () => {
  const [before, after] = [retry({ attempts: 1 }), pipeline(timeout({ ms: 100 }), retry({ attempts: 1 }))]
  const relay = new RelayedPolicy(before)
  const seen: string[] = []
  const stop = relay.on('retry-stopped', ({ reason }) => seen.push(reason))
  await relay.outcome(fails)
  relay.replace(after)
  await relay.outcome(fails)
  await before.outcome(fails)
  expect(seen).toEqual(['attempts', 'attempts'])
  stop()
  relay.replace(before)
  await relay.outcome(fails)
  expect(seen).toHaveLength(2)
})

it('reports what happens outside of the policies to those who listen for it', () => {
  const relay = new RelayedPolicy(retry())
  const seen: unknown[] = []
  relay.on('fallback', () => {
    throw new Error('a bad listener')
  })
  relay.on('fallback', (event) => seen.push(event))
  relay.on('retry', (event) => seen.push(event))
  relay.emit('fallback', 'fallback', { error: 'why' })
  expect(seen).toEqual([{ type: 'fallback', policy: 'fallback', error: 'why' }])
})
