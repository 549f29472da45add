import { createServer, type ListenOptions, type Server } from 'node:net'

// Below the ports that systems hand to outgoing connections (Linux from 32768, macOS from 49152), any of which could
// take one before it is listened on. A restarted service must find its port free as well, and a client that connects
// to a dead one there could even reach itself.
const LOWEST = 20_000
const HIGHEST = 32_000
const COUNT = HIGHEST - LOWEST
/** So many are held at most, a file descriptor each: beyond them, those that were given first are let go of. */
const HELD_MAX = 1_000

/** Whether nothing listens on a loopback port. */
export async function isPortFree(port: number): Promise<boolean> {
  const probe = await listening({ port, host: '127.0.0.1', exclusive: true })
  if (probe === undefined) return false
  return await new Promise((resolve) => probe.close(() => resolve(true)))
}

/**
 * Finds `count` free loopback ports but for those in `taken`, from a random start so that two runs seldom meet. On
 * Linux, no other process is given one of them by this function until this process has ended.
 *
 * @throws Error when there are not so many
 */
export async function freePorts(count: number, taken: ReadonlySet<number> = new Set()): Promise<number[]> {
  const start = Math.floor(Math.random() * COUNT)
  const ports: number[] = []
  for (let probe = 0; probe < COUNT && ports.length < count; probe += 1) {
    const port = LOWEST + ((start + probe) % COUNT)
    if (taken.has(port) || !(await hold(port))) continue
    if (await isPortFree(port)) ports.push(port)
    else letGo(port)
  }
  if (ports.length < count) throw new Error(`cannot find ${count} free ports from ${LOWEST} to ${HIGHEST}`)
  return ports
}

/** Finds one free loopback port, for a program that has to be told where to listen. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port as number
}

const held = new Map<number, Server>()

/**
 * Keeps a port to this process: before a program listens on it, and while that is started again, whoever else looks
 * for a free one would take it. What is held is a name that Linux frees with the process that has it. There are no
 * such names elsewhere, and it holds nothing.
 */
async function hold(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const name = await listening({ path: `\0watertight-port-${port}` })
  if (name === undefined) return false
  held.set(port, name.unref())
  for (const first of held.keys()) if (held.size > HELD_MAX) letGo(first)
  return true
}

function letGo(port: number): void {
  held.get(port)?.close()
  held.delete(port)
}

async function listening(where: ListenOptions): Promise<Server | undefined> {
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(where, () => resolve(server))
  })
}
