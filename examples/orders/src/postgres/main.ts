import { randomBytes, timingSafeEqual } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { EXIT_DATA_FOLDER, EXIT_FAILED } from '../command-line/exit.js'
import { diskTrouble } from '../data-folder/disk-trouble.js'
import { FolderLock } from '../data-folder/folder-lock.js'
import { sayLastWords } from '../supervisor/last-words.js'
import { endWithStdin } from '../supervisor/end-with-stdin.js'
import { takeOverFormer } from './take-over-former.js'
import { TOKEN_HEADER, type PostgresReply, type PostgresRequest } from './postgres.js'

/**
 * The program of the database: PGlite, which is Postgres compiled to WebAssembly, one statement after another. It is a
 * process of its own, since both versions of order work with it, and since it goes on while they are restarted.
 */
const FORMER_PROCESS_MS = 20_000
const STATEMENT_BYTES_MAX = 1024 * 1024

const folder = process.env['POSTGRES_FOLDER'] ?? ''
const token = Buffer.from(process.env['POSTGRES_TOKEN'] ?? randomBytes(16).toString('hex'))

endWithStdin()
await open().catch((error: unknown) => {
  const trouble = diskTrouble(withCode(error))
  sayLastWords(trouble === undefined ? String(error) : `cannot write to ${folder}: ${trouble}`)
  process.exit(trouble === undefined ? EXIT_FAILED : EXIT_DATA_FOLDER)
})

async function open(): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  // After a crash of the supervisor, a former process may still be about to notice.
  await FolderLock.take(dirname(folder), FORMER_PROCESS_MS)
  await takeOverFormer(join(dirname(dirname(folder)), 'order', 'postgres'), folder)
  if (!(await exists(folder))) await initialise()
  const database = await PGlite.create(folder)
  const server = createServer((request, response) => void serve(database, request, response))
  server.listen(Number(process.env['POSTGRES_PORT']), '127.0.0.1')
  process.on('SIGTERM', () => void close(server, database))
}

/** A database is created beside its place and moved there: a crash half way leaves no broken one behind. */
async function initialise(): Promise<void> {
  const unfinished = `${folder}.new`
  await rm(unfinished, { recursive: true, force: true })
  await (await PGlite.create(unfinished)).close()
  await rename(unfinished, folder)
}

async function serve(database: PGlite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Whoever asks how it is gets an answer once it is open.
  if (request.method === 'GET') return void response.end('ok')
  const given = Buffer.from(String(request.headers[TOKEN_HEADER]))
  if (given.length !== token.length || !timingSafeEqual(given, token))
    return void response.writeHead(401).end()
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > STATEMENT_BYTES_MAX) return void response.writeHead(413).end()
      chunks.push(chunk)
    }
  } catch {
    // Its caller has died half way: nothing of it is done.
    return
  }
  const asked = requestIn(Buffer.concat(chunks).toString('utf8'))
  if (asked === undefined) return void response.writeHead(400).end()
  response.end(JSON.stringify(await run(database, asked)))
}

function requestIn(text: string): PostgresRequest | undefined {
  try {
    const asked = JSON.parse(text) as PostgresRequest
    return typeof asked.sql === 'string' ? asked : undefined
  } catch {
    return undefined
  }
}

async function run(database: PGlite, { sql, parameters }: PostgresRequest): Promise<PostgresReply> {
  try {
    // Several statements at once take no parameters.
    if (parameters !== undefined) return { rows: (await database.query(sql, [...parameters])).rows }
    await database.exec(sql)
    return { rows: [] }
  } catch (error) {
    const { message, code } = withCode(error)
    return { failed: { message, ...(code === undefined ? {} : { code }) } }
  }
}

async function close(server: Server, database: PGlite): Promise<void> {
  server.close()
  server.closeAllConnections()
  await database.close()
  process.exit(0)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Emscripten's file system tells its errors by number alone, and its numbers are not those of the system. */
function withCode(error: unknown): { readonly message: string; readonly code?: string } {
  const codes: Readonly<Record<number, string>> = { 2: 'EACCES', 29: 'EIO', 51: 'ENOSPC', 69: 'EROFS' }
  const {
    message = String(error),
    errno,
    code,
  } = error as { message?: string; errno?: number; code?: string }
  const known = errno === undefined ? undefined : codes[errno]
  if (known !== undefined) return { message: `${known}: ${message}`, code: known }
  return { message, ...(code === undefined ? {} : { code }) }
}
