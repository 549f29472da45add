import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import type { PostgresReply, PostgresRequest } from './postgres.js'

/** The program of the worker: one database, one request after another. */
const port = parentPort
if (port === null) throw new Error('cannot start postgres: this file is the program of a worker thread')
const database = await PGlite.create(workerData as string).catch((error: unknown) => {
  port.postMessage({ id: 0, failed: describe(error) } satisfies PostgresReply)
  process.exit(1)
})
port.postMessage({ id: 0, rows: [] } satisfies PostgresReply)
port.on('message', (request: PostgresRequest) => {
  void run(request).then((reply) => port.postMessage(reply))
})

async function run({ id, sql, parameters }: PostgresRequest): Promise<PostgresReply> {
  try {
    if (sql === undefined) {
      await database.close()
      return { id, rows: [] }
    }
    // Several statements at once take no parameters.
    if (parameters !== undefined) return { id, rows: (await database.query(sql, [...parameters])).rows }
    await database.exec(sql)
    return { id, rows: [] }
  } catch (error) {
    return { id, failed: describe(error) }
  }
}

/** Emscripten's file system tells its errors by number alone, and its numbers are not those of the system. */
const emscriptenErrors: Readonly<Record<number, string>> = {
  2: 'EACCES',
  29: 'EIO',
  51: 'ENOSPC',
  69: 'EROFS',
}

function describe(error: unknown): { message: string; code?: string } {
  const { message, errno } = error as { message?: string; errno?: number }
  const code = errno === undefined ? undefined : emscriptenErrors[errno]
  const text = message ?? String(error)
  return code === undefined ? { message: text } : { message: `${code}: ${text}`, code }
}
