import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { tellReady } from './tell-ready.js'

test('a server that a busy machine makes slow is not ready and lives; one that says nothing for half a minute is hung', async () => {
  let nowMs = 0
  let isReady = true
  const server = await tellReady({ isReady: () => Promise.resolve(isReady) }, 0, () => nowMs)
  onTestFinished(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  const told = async () => {
    const statuses: number[] = []
    for (const path of ['/ready', '/live'])
      statuses.push((await fetch(`http://127.0.0.1:${port}${path}`)).status)
    return statuses
  }
  expect(await told()).toEqual([200, 200])
  isReady = false
  nowMs = 29_000
  expect(await told()).toEqual([503, 200])
  nowMs = 31_000
  expect(await told()).toEqual([503, 503])
  isReady = true
  expect(await told()).toEqual([200, 200])
})
