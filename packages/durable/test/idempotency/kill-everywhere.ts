import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../src/store/open-store.js'
import { atEach, type Run, type Struck } from '../servers/at-each.js'
import type { PreparedFolder } from '../servers/prepared-folder.js'
import { chargesOf, chargeTogether, requestCharge, serveCharges } from './serve-charges.js'

const program = fileURLToPath(new URL('charging-service.mjs', import.meta.url))
const leaseMs = 400

/** One in a folder is copied for each process, and is killed with it; a server outlives it. */
export type Database = { readonly url: string } | { readonly folder: PreparedFolder }

export interface Place {
  /** The statement of the request, from 1. */
  readonly at: number
  readonly when: 'before' | 'after'
}

/** Asks a process that may die of it; undefined when it did. */
async function requestOf(child: ChildProcess, key: string): Promise<string | undefined> {
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>
  const [port] = (await once(child, 'message')) as [number]
  const told = await requestCharge(`http://127.0.0.1:${port}`, key).catch(() => undefined)
  if (told !== undefined) child.kill('SIGTERM')
  const [, signal] = await ended
  if (told === undefined && signal !== 'SIGKILL') throw new Error(`the service ended by itself, of ${signal}`)
  return told
}

/** Whoever takes over from a process that was killed, in this one; what it tells, and how often was charged. */
async function goOn(url: string, key: string): Promise<string> {
  const store = openStore(url)
  const charge = (run: Parameters<typeof chargeTogether>[1]): Promise<void> => chargeTogether(store, run)
  const service = await serveCharges({ store, charge, onTakeover: 'rerun', leaseMs })
  try {
    const told = await requestCharge(service.url, key)
    return `${await chargesOf(store, key)} charges, told ${told}`
  } finally {
    await service.close()
    await store.close()
  }
}

/** What is wrong after the process of a request was killed at one place and another one has gone on. */
export async function killedAt(database: Database, { at, when }: Place): Promise<Run> {
  const copy = 'folder' in database ? database.folder.copy() : { url: database.url, remove: () => {} }
  const dieAt = `${when} statement ${at}`
  const settings = { ledgerUrl: copy.url, onTakeover: 'rerun', effect: 'together', dieAt, leaseMs }
  try {
    const told = await requestOf(fork(program, [JSON.stringify(settings)]), dieAt)
    const found = await goOn(copy.url, dieAt)
    const isRight = found === `1 charges, told 201 charged ${dieAt}`
    return { isStruck: told === undefined, wrong: isRight ? [] : [`${dieAt}: ${found}`] }
  } finally {
    copy.remove()
  }
}

/** At each statement in turn, until a process has answered before. */
export async function killEverywhere(database: Database, when: Place['when']): Promise<Struck> {
  return await atEach((at) => killedAt(database, { at, when }), { lanes: 2 })
}
