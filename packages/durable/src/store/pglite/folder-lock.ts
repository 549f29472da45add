import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { StoreError } from '../errors.js'

const TRIES = 5

interface Owner {
  readonly pid: number
  /** When the process began, in ticks since the machine did: ids are given again. Empty where the system does not tell. */
  readonly startedAt: string
}

/** Folders that this process holds, by their absolute paths. */
const held = new Set<string>()

/**
 * Keeps a folder for one process at a time: two embedded databases on one folder would destroy it. The lock is a file with
 * the id of its owner; one whose owner has died is taken over.
 */
export class FolderLock {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
    held.add(path)
  }

  /** @throws {StoreError} with code `WT_STORE_FOLDER_IN_USE` when a store of this process or another one has the folder */
  static take(folder: string): FolderLock {
    // Beside the folder, which must be empty for a database to be made in it.
    const path = `${resolve(folder)}.lock`
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${randomUUID()}`
    const me: Owner = { pid: process.pid, startedAt: startOf(process.pid) ?? '' }
    writeFileSync(draft, JSON.stringify(me))
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        if (isLinked(draft, path)) return new FolderLock(path)
        const text = textOf(path)
        const owner = ownerIn(text)
        if (owner !== undefined && isAlive(owner, path)) throw inUse(folder, owner)
        if (text !== undefined) takeAway(path, text)
      }
      throw inUse(folder, undefined)
    } finally {
      rmSync(draft, { force: true })
    }
  }

  release(): void {
    if (held.delete(this.#path)) rmSync(this.#path, { force: true })
  }
}

/** A link is made or refused at once, whoever else tries it at the same moment. */
function isLinked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Somebody else may have taken the folder since the lock was read: what is not what was read is put back. */
function takeAway(path: string, text: string): void {
  const away = `${path}.${randomUUID()}`
  try {
    renameSync(path, away)
  } catch {
    return
  }
  if (textOf(away) !== text) isLinked(away, path)
  rmSync(away, { force: true })
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function ownerIn(text: string | undefined): Owner | undefined {
  try {
    const { pid, startedAt } = JSON.parse(text ?? '') as Partial<Owner>
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined
  } catch {
    return undefined
  }
}

function isAlive({ pid, startedAt }: Owner, path: string): boolean {
  // The first process of a container has the same id each time.
  if (pid === process.pid) return held.has(path)
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Another user's process is there as well.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const start = startOf(pid)
  return start === undefined || startedAt === '' || start === startedAt
}

/** From Linux's `/proc`: when a process began; `dead` for one that has ended and that nobody has asked after. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return fields[0] === 'Z' ? 'dead' : fields[19]
  } catch {
    return undefined
  }
}

function inUse(folder: string, owner: Owner | undefined): StoreError {
  const by =
    owner === undefined
      ? 'another process'
      : owner.pid === process.pid
        ? 'this process'
        : `process ${owner.pid}`
  return new StoreError(
    'WT_STORE_FOLDER_IN_USE',
    `cannot open the embedded database: ${folder} is in use by ${by}; close it there, or use a Postgres, which many can share`,
  )
}
