import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { memoryUpstream } from '../../src/testing/index.js'

it('keeps the policies of a thousand origins, and forgets the one that was used least recently and is idle', async () => {
  const upstream = memoryUpstream({
    routes: { 'GET /': [{ status: 500 }], 'GET /open': [{ fault: 'hang' }] },
  })
  const fetch = createFetch({ transport: upstream, retry: false, breaker: { consecutiveFailures: 1 } })
  const called = async (host: string): Promise<void> => void (await fetch(`http://${host}.test/`))
  const isOpen = (host: string): boolean => fetch.at(`http://${host}.test`).breaker!.state === 'open'
  const caller = new AbortController()
  const busy = fetch('http://busy.test/open', { signal: caller.signal }).catch((error: unknown) => error)
  await called('first')
  await called('second')
  for (let index = 0; index < 997; index++) await called(`other-${index}`)
  expect([isOpen('first'), isOpen('second')]).toEqual([true, true])
  // Looking has used them: what is idle for longest is `other-0`, and before it what is not idle.
  await called('one-more')
  expect([isOpen('first'), isOpen('second'), isOpen('other-1')]).toEqual([true, true, true])
  expect(fetch.at('http://busy.test').endpoints[0]!.active).toBe(1)
  expect(isOpen('other-0')).toBe(false)
  caller.abort(new Error('enough'))
  expect(await busy).toMatchObject({ message: 'enough' })
  await fetch.destroy()
})
