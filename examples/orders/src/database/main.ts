import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { servePGlite, StoreError, type PGliteServer } from '@watertight/durable'
import { EXIT_DATA_FOLDER, EXIT_FAILED } from '../command-line/exit.js'
import { diskTrouble } from '../data-folder/disk-trouble.js'
import { sayLastWords } from '../supervisor/last-words.js'
import { endWithStdin } from '../supervisor/end-with-stdin.js'
import { takeOverFormer } from './take-over-former.js'

/**
 * The program of the database: PGlite, which is Postgres compiled to WebAssembly, served as Postgres is. It is a process of
 * its own, since several services work with it, and since it goes on while they are restarted.
 */
const FORMER_PROCESS_MS = 20_000
const POLL_MS = 100
/** A service that is frozen in the middle of a transaction keeps all others waiting for so long. */
const IDLE_IN_TRANSACTION_MS = 1_000

const folder = process.env['DATABASE_FOLDER'] ?? ''

endWithStdin()
await open().catch((error: unknown) => {
  const trouble = diskTrouble(error)
  sayLastWords(trouble === undefined ? String(error) : `cannot write to ${folder}: ${trouble}`)
  process.exit(trouble === undefined ? EXIT_FAILED : EXIT_DATA_FOLDER)
})

async function open(): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  await takeOverFormer(join(dirname(dirname(folder)), 'order', 'postgres'), folder)
  const database = await serveWhole()
  // Whoever asks how it is gets an answer once it is open.
  const health = createServer((_request, response) => response.end('ok'))
  health.listen(Number(process.env['DATABASE_HEALTH_PORT']), '127.0.0.1')
  process.on('SIGTERM', () => void database.close().finally(() => process.exit(0)))
}

/** A crash while the database is created leaves a broken one behind, and a file that says so. */
async function serveWhole(): Promise<PGliteServer> {
  const unfinished = `${folder}.unfinished`
  if (await exists(unfinished)) await rm(folder, { recursive: true, force: true })
  if (await exists(folder)) return serve()
  await writeFile(unfinished, '')
  const database = await serve()
  await rm(unfinished)
  return database
}

/** After a crash of the supervisor, a former process may still be about to notice. */
async function serve(): Promise<PGliteServer> {
  const giveUpAt = performance.now() + FORMER_PROCESS_MS
  for (;;) {
    try {
      return await servePGlite({
        folder,
        port: Number(process.env['DATABASE_PORT']),
        password: process.env['DATABASE_PASSWORD'] ?? '',
        idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
      })
    } catch (error) {
      const isInUse = error instanceof StoreError && error.code === 'WT_STORE_FOLDER_IN_USE'
      if (!isInUse || performance.now() > giveUpAt) throw error
    }
    await sleep(POLL_MS)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
