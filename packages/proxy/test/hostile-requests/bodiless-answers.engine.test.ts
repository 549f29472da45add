import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it, vi } from 'vitest'
import { gatewayTo, RawCaller, type Running, serveRaw } from '../running-proxy.js'
import { type PeerName, startPeer } from './start-peer.js'

const running: Running[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.close()
})

const CODED = 'Transfer-Encoding: chunked\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const PEERS: readonly PeerName[] = ['envoy', 'haproxy', 'nginx']
const FINAL = /^HTTP\/1\.1 [2-5]/m
/** For what comes after a final answer, and for one that need not come. */
const SHORTLY_MS = 300
/** For one that must come, however busy the machine is. */
const SURELY_MS = 20_000

/** Statuses of what a caller of this port gets for one request. */
async function statusesFrom(port: number, patienceMs: number): Promise<string> {
  const caller = new RawCaller(port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  running.push({ port, close: () => caller.socket.destroy() })
  await vi.waitUntil(() => FINAL.test(caller.received), { timeout: patienceMs, interval: 5 }).catch(() => {})
  await sleep(SHORTLY_MS)
  return (
    caller.received
      .match(/^HTTP\/1\.1 \d+/gm)
      ?.map((line) => line.slice(9))
      .join(' ') ?? 'waits'
  )
}

/** The table of docs/http1-codec.md. What others answer is reported as it was seen, and ours is held. */
it.each([
  ['103 with a coding', `HTTP/1.1 103 Early Hints\r\n${CODED}${OK}`, '502', '502'],
  ['103 with a length', `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n${OK}`, '502', '502'],
  ['204 with a coding', `HTTP/1.1 204 No Content\r\n${CODED}`, '204', '502'],
  ['304 with a coding', `HTTP/1.1 304 Not Modified\r\n${CODED}`, '304', '304'],
])('%s is answered here and by Envoy as the page of the codec says', async (_name, answer, ours, envoys) => {
  const service = await serveRaw((socket) => socket.on('data', () => socket.write(answer)))
  const gateway = await gatewayTo(service.port, '{ retry: off }')
  running.push(service, gateway)
  const told: string[] = [await statusesFrom(gateway.port, SURELY_MS)]
  for (const name of PEERS) {
    await using peer = await startPeer(name, service.port)
    told.push(await statusesFrom(peer.port, name === 'envoy' ? SURELY_MS : SHORTLY_MS))
  }
  expect(told.slice(0, 2)).toEqual([ours, envoys])
  expect(told[2]).not.toBe('502')
})
