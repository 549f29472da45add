import { expect, it, onTestFinished, vi } from 'vitest'
import { freePort } from '../free-port.js'
import { inFolder } from '../run-process.js'
import { Endurance } from './endurance.js'

/** `WATERTIGHT_ENDURANCE_REQUESTS=1000000` is the long form of this test. */
const REQUESTS = Number(process.env['WATERTIGHT_ENDURANCE_REQUESTS'] ?? 50_000)
/** Between the fifth reading of its memory, of twenty, and the last: a kilobyte a request would be more than that. */
const GROWTH_MB_MAX = 64

it(
  `${REQUESTS} requests with faults, restarts and changes of the document: none is lost that need not be, and nothing is left behind (seed 7)`,
  { timeout: 120_000 + REQUESTS * 2 },
  async () => {
    await inFolder({}, async (folder) => {
      const endurance = new Endurance(REQUESTS, 7)
      onTestFinished(() => endurance.kill())
      await endurance.run(folder, await freePort())
      const { proxy, memoryMb, services, fates, seconds, filesBefore } = endurance
      const told = { requests: REQUESTS, seconds: Math.round(seconds), memoryMb: memoryMb.map(Math.round) }
      console.log(
        JSON.stringify({
          ...told,
          ...Object.fromEntries([...fates].toSorted(([a], [b]) => a.localeCompare(b))),
        }),
      )

      // What may be repeated is answered, unless the service itself has cut the answer.
      expect(endurance.count(/^GET (?!cut)\w+: (?!200)/)).toBe(0)
      expect(endurance.count(/^GET cut: (?!cut)/)).toBe(0)
      // What may not be repeated is executed once at most, and its caller is told.
      expect(endurance.count(/^POST (?!cut)\w+: (?!200|503)/)).toBe(0)
      expect(endurance.count(/^POST cut: (?!cut|503)/)).toBe(0)
      for (const { executed } of services) expect(new Set(executed.values())).toEqual(new Set([1]))

      const stat = async (name: string): Promise<number> => (await proxy.stats()).get(name)!
      await vi.waitUntil(async () => (await stat('listener.gateway.connections')) === 0, { timeout: 20_000 })
      expect(await stat('destination.order.active')).toBe(0)
      expect(await stat('destination.order.pending')).toBe(0)
      const kept = await stat('destination.order.connections')
      await vi.waitUntil(() => proxy.openFiles <= filesBefore + kept + 5, { timeout: 20_000 })
      expect(memoryMb.at(-1)! - memoryMb[4]!).toBeLessThan(GROWTH_MB_MAX)
      expect(proxy.complaints).toBe('')
      expect(await proxy.stop()).toBe(0)
    })
  },
)
