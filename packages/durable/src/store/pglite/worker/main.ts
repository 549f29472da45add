import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { PGlite } from '@electric-sql/pglite'
import type { Statement } from '../../statement.js'
import { DatabaseImage } from './database-image.js'
import type { WorkerFailure, WorkerReply, WorkerRequest, WorkerSettings } from './worker-request.js'

// Runs in a worker thread: a database in WebAssembly holds its thread until a statement is done, and a service must not
// stand still for that.
const { modulePath, folder, isNew } = workerData as WorkerSettings
const { PGlite: Database } = createRequire(import.meta.url)(modulePath) as { PGlite: typeof PGlite }
const place = folder === undefined ? {} : { dataDir: folder }
let keeping: Promise<void> | undefined
const opened: Promise<PGlite> = isNew ? create() : Database.create(place)
const listening = new Map<string, () => Promise<void>>()
let last: Promise<unknown> = opened

parentPort?.on('message', (request: WorkerRequest) => {
  last = last.then(
    () => answer(request),
    () => answer(request),
  )
})

/** A new database: a copy of the image, or one from which the image is made. */
async function create(): Promise<PGlite> {
  const image = DatabaseImage.of(modulePath)
  const loadDataDir = image?.read()
  if (loadDataDir !== undefined) {
    try {
      return await Database.create({ ...place, loadDataDir })
    } catch (error) {
      image?.discard()
      throw error
    }
  }
  const database = await Database.create(place)
  if (image !== undefined) keeping = image.keep(await database.dumpDataDir('none'))
  return database
}

async function answer(request: WorkerRequest): Promise<void> {
  try {
    reply({ type: 'done', id: request.id, rows: await run(await opened, request) })
  } catch (error) {
    reply({ type: 'failed', id: request.id, failure: failureOf(error) })
  }
}

async function run(database: PGlite, request: WorkerRequest): Promise<unknown[]> {
  switch (request.type) {
    case 'query':
      return (await database.query(request.text, request.values)).rows
    case 'execute':
      await database.exec(request.text)
      return []
    case 'batch':
      return await batch(database, request.statements)
    case 'protocol':
      return [await database.execProtocolRaw(request.bytes)]
    case 'listen': {
      const { channel } = request
      const stop = await database.listen(channel, (payload) =>
        reply({ type: 'notification', channel, payload }),
      )
      listening.set(channel, stop)
      return []
    }
    case 'unlisten':
      await listening.get(request.channel)?.()
      listening.delete(request.channel)
      return []
    case 'close':
      await database.close()
      await keeping
      return []
  }
}

async function batch(database: PGlite, statements: readonly Statement[]): Promise<unknown[]> {
  await database.exec('begin')
  try {
    const answers: unknown[] = []
    for (const { text, values } of statements) answers.push((await database.query(text, values)).rows)
    await database.exec('commit')
    return answers
  } catch (error) {
    await database.exec('rollback')
    throw error
  }
}

/** Emscripten's file system tells its errors by number alone, and its numbers are not those of the system. */
const diskErrors: Readonly<Record<number, string>> = { 2: 'EACCES', 29: 'EIO', 51: 'ENOSPC', 69: 'EROFS' }

function failureOf(error: unknown): WorkerFailure {
  const { message, detail, constraint, ...told } = error as Partial<WorkerFailure> & { errno?: number }
  const { errno } = told
  const code = told.code ?? (errno === undefined ? undefined : diskErrors[errno])
  return {
    message: message ?? String(error),
    ...(code !== undefined && { code }),
    ...(detail !== undefined && { detail }),
    ...(constraint !== undefined && { constraint }),
  }
}

function reply(message: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message)
}
