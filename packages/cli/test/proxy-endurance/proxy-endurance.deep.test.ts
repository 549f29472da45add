import { expect, it, onTestFinished, vi } from 'vitest'
import { bytesPerRequest } from './bytes-per-request.js'
import { freePort } from '@watertight/deploy'
import { inFolder } from '../run-process.js'
import { Endurance } from './endurance.js'

/** `WATERTIGHT_ENDURANCE_REQUESTS=1000000` is the long form of this test. */
const REQUESTS = Number(process.env['WATERTIGHT_ENDURANCE_REQUESTS'] ?? 40_000)
/**
 * What may stay in use for each request: nothing does, and a leak of twenty bytes would be more. Few requests say it far less
 * exactly, for code that is compiled meanwhile counts, too: up to two megabytes.
 */
const LEAK_BYTES_MAX = REQUESTS >= 500_000 ? 5 : 80
/** What the process may hold more than at the fifth reading, of twenty: beyond it, memory is in pieces. */
const GROWTH_MB_MAX = 64

it(
  `${REQUESTS} requests with faults, restarts and changes of the document: none is lost that need not be, and nothing is left behind (seed 7)`,
  { timeout: 120_000 + REQUESTS * 2 },
  async () => {
    await inFolder({}, async (folder) => {
      const endurance = new Endurance(REQUESTS, 7)
      onTestFinished(() => endurance.kill())
      await endurance.run(folder, await freePort())
      const { proxy, memoryMb, heapBytes, services, fates, seconds, filesBefore } = endurance
      const leaked = bytesPerRequest(heapBytes, endurance.requestsBetween)
      const told = {
        requests: REQUESTS,
        seconds: Math.round(seconds),
        memoryMb: memoryMb.map(Math.round),
        heapMb: heapBytes.map((bytes) => Math.round(bytes / 10_485.76) / 100),
        bytesPerRequest: Math.round(leaked * 10) / 10,
      }
      console.log(
        JSON.stringify({
          ...told,
          ...Object.fromEntries([...fates].toSorted(([a], [b]) => a.localeCompare(b))),
        }),
      )

      // What may be repeated is answered, unless the service itself has cut the answer.
      const lost = [endurance.count(/^GET (?!cut|stock)\w+: (?!200)/), endurance.count(/^GET cut: (?!cut)/)]
      expect([...lost, ...proxy.losses]).toEqual([0, 0])
      // Of HTTP/2, the service draws which answers it cuts.
      expect(endurance.count(/^GET stock: (?!200|cut)/)).toBe(0)
      expect(endurance.count(/^\w+ stock: cut/)).toBeLessThanOrEqual(endurance.cuts)
      // What may not be repeated is executed once at most, and its caller is told.
      expect(endurance.count(/^POST (?!cut|silent|stock)\w+: (?!200|503)/)).toBe(0)
      // One that nobody answers is late, or ends when its service restarts before.
      expect(endurance.count(/^POST silent: (?!200|503|504)/)).toBe(0)
      expect(endurance.count(/^POST stock: (?!200|503|504|cut)/)).toBe(0)
      expect(endurance.count(/^POST cut: (?!cut|503)/)).toBe(0)
      const executed = new Map<string, number>()
      for (const [id, times] of services.flatMap((service) => [...service.executed]))
        executed.set(id, (executed.get(id) ?? 0) + times)
      expect(new Set(executed.values())).toEqual(new Set([1]))

      const stat = async (name: string): Promise<number> => (await proxy.stats()).get(name)!
      await vi.waitUntil(async () => (await stat('listener.gateway.connections')) === 0, { timeout: 20_000 })
      let kept = 0
      for (const name of ['order', 'stock']) {
        expect(await stat(`destination.${name}.active`)).toBe(0)
        expect(await stat(`destination.${name}.pending`)).toBe(0)
        kept += await stat(`destination.${name}.connections`)
      }
      await vi.waitUntil(() => proxy.openFiles <= filesBefore + kept + 5, { timeout: 20_000 })
      expect(leaked).toBeLessThan(LEAK_BYTES_MAX)
      expect(memoryMb.at(-1)! - memoryMb[4]!).toBeLessThan(GROWTH_MB_MAX)
      expect(proxy.complaints).toBe('')
      expect(await proxy.stop()).toBe(0)
    })
  },
)
