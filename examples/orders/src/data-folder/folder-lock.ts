import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const PROBE_MS = 1_000
const POLL_MS = 50

/** Another run works on the data folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly code = 'ORDERS_FOLDER_IN_USE'
}

/**
 * A lock on a folder that is let go when its process ends, however it ends.
 *
 * The lock file names a loopback port on which its holder answers with a secret of this run. A file whose port
 * does not answer so is a leftover. A process id would not do: it is given to others, and in containers soon.
 */
export class FolderLock {
  readonly #server: Server
  readonly #file: string

  private constructor(server: Server, file: string) {
    this.#server = server
    this.#file = file
  }

  /**
   * Takes the lock, and waits up to `waitMs` for a holder that is about to end. Default 0.
   *
   * @throws {@link FolderInUseError} when another process holds it
   */
  static async take(folder: string, waitMs: number = 0): Promise<FolderLock> {
    const file = join(folder, 'lock')
    const secret = randomUUID()
    const server = createServer((socket) => socket.on('error', () => {}).end(secret))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    server.unref()
    const content = `${(server.address() as AddressInfo).port} ${secret}`
    try {
      await write(file, content, performance.now() + waitMs)
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

async function write(file: string, content: string, giveUpAt: number): Promise<void> {
  for (;;) {
    try {
      await writeFile(file, content, { flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (!(await isHeld(file))) await rm(file, { force: true })
    else if (performance.now() < giveUpAt) await sleep(POLL_MS)
    else throw new FolderInUseError(`cannot use this data folder: another run is using it (${file})`)
  }
}

/** A holder too busy to answer still holds: its system takes the connection for it. */
async function isHeld(file: string): Promise<boolean> {
  const [port, secret] = (await readFile(file, 'utf8').catch(() => '')).split(' ')
  if (port === undefined || secret === undefined) return false
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(Number(port), '127.0.0.1')
    socket.setTimeout(PROBE_MS, () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('data', (chunk) => (heard += chunk.toString().slice(0, 100)))
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(heard === secret))
  })
}
