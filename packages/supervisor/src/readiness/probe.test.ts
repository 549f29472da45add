import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { mendOf } from './probe.js'

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((found) => found?.address === '::1')

async function listeningOn(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test.runIf(hasIpv6)('a program that takes localhost for ::1 alone is told to listen elsewhere', async () => {
  const port = await listeningOn('::1')
  expect(await mendOf({ kind: 'tcp', port }, 1_000)).toBe(
    'it listens on ::1 alone: have it listen on 127.0.0.1, or on all addresses',
  )
})

test('one that listens where it is asked has something else to mend, and so has one that listens nowhere', async () => {
  const port = await listeningOn('127.0.0.1')
  expect(await mendOf({ kind: 'tcp', port }, 1_000)).toBeUndefined()
  expect(await mendOf({ kind: 'http', port: 1, ready: '/', live: '/' }, 1_000)).toBeUndefined()
  expect(await mendOf({ kind: 'none' }, 1_000)).toBeUndefined()
})
