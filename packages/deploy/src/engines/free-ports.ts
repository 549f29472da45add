import { createServer } from 'node:net'

// Below the ports that systems hand to outgoing connections (Linux from 32768, macOS from 49152), any of which could
// take one before it is listened on. A restarted service must find its port free as well, and a client that connects
// to a dead one there could even reach itself.
const LOWEST = 20_000
const HIGHEST = 32_000
const PROBES_MAX = 2_000

/** Whether nothing listens on a loopback port. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/**
 * Finds `count` free loopback ports but for those in `taken`, from a random start so that two runs seldom meet.
 *
 * @throws Error when there are not so many
 */
export async function freePorts(count: number, taken: ReadonlySet<number> = new Set()): Promise<number[]> {
  const start = Math.floor(Math.random() * (HIGHEST - LOWEST))
  const ports: number[] = []
  for (let probe = 0; probe < PROBES_MAX && ports.length < count; probe += 1) {
    const port = LOWEST + ((start + probe) % (HIGHEST - LOWEST))
    if (!taken.has(port) && (await isPortFree(port))) ports.push(port)
  }
  if (ports.length < count) throw new Error(`cannot find ${count} free ports from ${LOWEST} to ${HIGHEST}`)
  return ports
}

/** Finds one free loopback port, for a program that has to be told where to listen. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port as number
}
