import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'
import { expectNothingLeft } from './expect-nothing-left.js'

it('leaves nothing behind after 400 mixed failures (seed 42)', async () => {
  await expectNothingLeft(400, 42)
})

it('lets go of a large response that was forgotten, without any limit in time', async () => {
  await using upstream = await flakyUpstream({ script: [{ body: 'x'.repeat(200_000) }] })
  const send = createFetch({ endpoints: upstream.url, timeout: false })
  await send('/')
  expect(send.endpoints[0]!.active).toBe(1)
  const collect = garbageCollector()
  await expect.poll(() => (collect(), send.endpoints[0]!.active)).toBe(0)
  await send.close()
})

/** The collector is a flag of V8, which a new context heeds after it is set. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
