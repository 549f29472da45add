import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from '../plan/program.js'

const LOOK_MS = 50
const LIMIT_MS = 10_000
const ANSWER_MS = 2_000

/** A line of a proxy's `/clusters`, such as `order@stable::http://127.0.0.1:7001::healthy::false`. */
const LEFT_OUT = /^([^:@#]+).*::healthy::false$/gm

/** A proxy that still leaves out services of the run. */
export interface Unreached {
  readonly proxy: string
  readonly services: readonly string[]
}

/**
 * Resolves once every proxy among `programs` counts every service among them as well. Each asks those that it sends requests to
 * how they are, and until it has heard, it turns requests away: whoever was told that all is ready would be the first to see
 * that. After `limitMs` it is left at that, and resolves to what is still left out. What the run does not start itself is not waited for.
 */
export async function proxiesReach(
  programs: readonly Program[],
  limitMs: number = LIMIT_MS,
): Promise<Unreached[]> {
  const services = new Set(programs.flatMap(({ kind, service }) => (kind === 'service' ? [service] : [])))
  const giveUpAt = performance.now() + limitMs
  const unreached = programs.map(async ({ name, kind, admin }): Promise<Unreached[]> => {
    if (admin === undefined || (kind !== 'gateway' && kind !== 'sidecar')) return []
    for (;;) {
      const leftOut = (await leftOutBy(admin)).filter((service) => services.has(service))
      if (leftOut.length === 0) return []
      if (performance.now() >= giveUpAt) return [{ proxy: name, services: leftOut }]
      await sleep(LOOK_MS)
    }
  })
  return (await Promise.all(unreached)).flat()
}

/** A proxy that does not answer is started again by others, and not waited for here. */
async function leftOutBy(admin: number): Promise<string[]> {
  const clusters = await fetch(`http://127.0.0.1:${admin}/clusters`, {
    signal: AbortSignal.timeout(ANSWER_MS),
  }).then(
    (answer) => answer.text(),
    () => '',
  )
  return [...new Set([...clusters.matchAll(LEFT_OUT)].map(([, service = '']) => service))]
}
