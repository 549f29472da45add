import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive } from '../processes/is-alive.js'
import { AlreadyRunningError } from './already-running-error.js'

const PROBE_MS = 1_000
const POLL_MS = 50
/** The guard of a run that was killed gives its processes two seconds to end. */
const GUARD_MS = 5_000

interface Holder {
  readonly pid: number
  /** Ends what the holder has started, should it be killed. */
  readonly guard: number | null
  readonly port: number
  readonly secret: string
}

/**
 * A lock on a folder that is let go when its process ends, however it ends.
 *
 * The lock file names a loopback port on which its holder answers with a secret of this run. A file whose port does not
 * answer so is a leftover. The id of a process would not do: it is given to others, and in containers soon.
 */
export class FolderLock {
  readonly #server: Server
  readonly #file: string

  private constructor(server: Server, file: string) {
    this.#server = server
    this.#file = file
  }

  /**
   * Takes the lock. Where a run was killed, waits until nothing of it is left.
   *
   * @throws {@link AlreadyRunningError} when another process holds it
   */
  static async take(folder: string, guard: number | undefined): Promise<FolderLock> {
    const file = join(folder, 'lock')
    const secret = randomUUID()
    const server = createServer((socket) => socket.on('error', () => {}).end(secret))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    server.unref()
    const { port } = server.address() as AddressInfo
    const holder: Holder = { pid: process.pid, guard: guard ?? null, port, secret }
    try {
      await write(folder, file, JSON.stringify(holder))
    } catch (error) {
      server.close()
      throw error
    }
    return new FolderLock(server, file)
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true })
    this.#server.close()
  }
}

/** The file is there as a whole or not at all: whoever looks at it never takes a lock that is being written for a leftover. */
async function write(folder: string, file: string, text: string): Promise<void> {
  const own = `${file}.${randomUUID()}`
  await writeFile(own, text, { mode: 0o600 })
  try {
    while (!(await isLinked(own, file))) await makeWay(folder, file)
  } finally {
    await rm(own)
  }
}

async function isLinked(own: string, file: string): Promise<boolean> {
  return (await unless('EEXIST', () => link(own, file).then(() => true))) ?? false
}

/** Takes a leftover away. Of several that find the same one, none takes the lock that another has put in its place since. */
async function makeWay(folder: string, file: string): Promise<void> {
  const text = await textOf(file)
  if (text === undefined) return
  const holder = holderIn(text)
  if (holder !== undefined) {
    if (await isHeld(holder)) throw new AlreadyRunningError(folder, holder.pid)
    await ended(holder.guard)
  }
  const aside = `${file}.${randomUUID()}`
  // Somebody else has taken it away.
  if ((await unless('ENOENT', () => rename(file, aside).then(() => true))) === undefined) return
  if ((await textOf(aside)) !== text) await isLinked(aside, file)
  await rm(aside)
}

function textOf(file: string): Promise<string | undefined> {
  return unless('ENOENT', () => readFile(file, 'utf8'))
}

/** Undefined where it fails with this code; every other failure is one. */
async function unless<Result>(code: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return undefined
    throw error
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined
  }
}

/** A holder too busy to answer still holds: its system takes the connection for it. */
async function isHeld({ port, secret }: Holder): Promise<boolean> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(PROBE_MS, () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('data', (chunk) => (heard += chunk.toString().slice(0, 100)))
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(heard === secret))
  })
}

async function ended(pid: number | null): Promise<void> {
  if (pid === null) return
  const giveUpAt = performance.now() + GUARD_MS
  while (isAlive(pid) && performance.now() < giveUpAt) await sleep(POLL_MS)
}
