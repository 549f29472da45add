import { createRequire } from 'node:module'
import { resolve as absolutePath } from 'node:path'
import { Worker } from 'node:worker_threads'
import { closedError, StoreError } from '../errors.js'
import { FolderCreation } from './folder-creation.js'
import { FolderLock } from './folder-lock.js'
import type { WorkerReply, WorkerRequest, WorkerSettings } from './worker/worker-request.js'

type Body = WorkerRequest extends infer Request
  ? Request extends WorkerRequest
    ? Omit<Request, 'id'>
    : never
  : never

interface Waiting {
  readonly resolve: (rows: unknown[]) => void
  readonly reject: (error: Error) => void
}

/** The thread that the database runs in, seen from outside: a request, an answer, in order. */
export class WorkerConnection {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #creation: FolderCreation | undefined
  readonly #onNotification: (channel: string, payload: string) => void
  #lastId = 0
  #gone: Error | undefined

  constructor(given: string | undefined, onNotification: (channel: string, payload: string) => void) {
    this.#onNotification = onNotification
    // One name for one folder, whatever it is called: what lies beside it is found by that.
    const folder = given === undefined ? undefined : absolutePath(given)
    const path = modulePath()
    const lock = folder === undefined ? undefined : FolderLock.take(folder)
    try {
      this.#creation = folder === undefined ? undefined : FolderCreation.begin(folder)
      this.#worker = startWorker({
        modulePath: path,
        isNew: folder === undefined || this.#creation !== undefined,
        ...(folder !== undefined && { folder }),
      })
    } catch (error) {
      lock?.release()
      throw error
    }
    this.#worker.on('message', (reply: WorkerReply) => this.#answered(reply))
    this.#worker.on('error', (cause) => this.#end(lost(cause)))
    this.#worker.on('exit', () => {
      lock?.release()
      this.#end(lost())
    })
    this.#worker.unref()
  }

  async ask(body: Body): Promise<unknown[]> {
    if (this.#gone !== undefined) throw this.#gone
    for (const text of textsOf(body)) if (COPIES_IN.test(text)) throw copyError()
    const id = ++this.#lastId
    return await new Promise<unknown[]>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      // Only while somebody waits does the thread keep the process alive.
      this.#worker.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#worker.postMessage({ ...body, id })
    })
  }

  async terminate(): Promise<void> {
    this.#end(closedError('run a statement'))
    await this.#worker.terminate()
  }

  #answered(reply: WorkerReply): void {
    if (reply.type === 'notification') return this.#onNotification(reply.channel, reply.payload)
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (this.#waiting.size === 0) this.#worker.unref()
    if (reply.type === 'done') {
      this.#creation?.finish()
      this.#creation = undefined
      waiting?.resolve(reply.rows)
    } else waiting?.reject(Object.assign(new Error(reply.failure.message), reply.failure))
  }

  #end(error: Error): void {
    this.#gone ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#gone)
    this.#waiting.clear()
  }
}

/** The embedded database waits for the data for ever, and holds all others up. */
const COPIES_IN = /^\s*copy\s[^;]*\sfrom\s+stdin\b/i

function textsOf(body: Body): readonly string[] {
  if (body.type === 'batch') return body.statements.map(({ text }) => text)
  return body.type === 'query' ? [body.text] : []
}

const copyError = (): Error =>
  new Error(
    'cannot run a statement: a store has no data to copy from; insert rows from arrays by unnest instead',
  )

function startWorker(settings: WorkerSettings): Worker {
  // Compiled code, also when this is run from its source: a thread cannot be started from TypeScript.
  const main = new URL('../../../dist/store/pglite/worker/main.js', import.meta.url)
  return new Worker(main, { workerData: settings })
}

function lost(cause?: unknown): StoreError {
  return new StoreError('WT_STORE_LOST', 'cannot go on: the thread of the embedded database has ended', {
    cause,
  })
}

function modulePath(): string {
  try {
    return createRequire(import.meta.url).resolve('@electric-sql/pglite')
  } catch (cause) {
    throw new StoreError(
      'WT_STORE_MISSING_PACKAGE',
      'cannot open the embedded database: @electric-sql/pglite must be installed; npm install @electric-sql/pglite',
      { cause },
    )
  }
}
