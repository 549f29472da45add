import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Journal, OpenJournal } from './journal.js'

/** A journal with a broken line that is not its last: the file was damaged, and nothing sound can be replayed. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
  readonly code = 'ORDERS_JOURNAL_DAMAGED'
}

interface Waiting {
  readonly line: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * An append-only file with one JSON value a line. What `append` has resolved for is on disk, so it survives
 * SIGKILL and power loss.
 *
 * Appends that arrive while the disk is busy share the next fsync (group commit), so the rate is not bounded by
 * the disk's latency. The callers bound how many wait: a server takes a limited number of requests.
 */
export class FileJournal<T> implements Journal<T> {
  readonly #file: FileHandle
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #latest: Promise<void> = Promise.resolve()
  #failure: unknown

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /**
   * Opens or creates the journal at `path` and hands every value in it to `replay`, in order. A torn last line,
   * which is what a crash in the middle of a write leaves, is cut off: nobody was told that it was written.
   *
   * @throws {@link JournalError} when any other line is broken
   */
  static async open<T>(path: string, replay: (value: T) => void): Promise<FileJournal<T>> {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(path, 'a+')
    const content = await file.readFile()
    const end = content.lastIndexOf('\n') + 1
    const lines = content.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
    for (const [index, line] of lines.entries()) replay(parseLine(line, path, index + 1) as T)
    if (end < content.length) await file.truncate(end)
    return new FileJournal<T>(file)
  }

  append(value: T): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ line: `${JSON.stringify(value)}\n`, resolve, reject })
      this.#flushing ??= this.#flush()
    })
    this.#latest = written
    return written
  }

  settled(): Promise<void> {
    return this.#latest
  }

  async close(): Promise<void> {
    await this.#flushing
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        // After a failed write nobody knows what the file ends with, so nothing may follow it.
        if (this.#failure !== undefined) throw this.#failure
        await this.#file.appendFile(batch.map(({ line }) => line).join(''))
        await this.#file.datasync()
        for (const { resolve } of batch) resolve()
      } catch (error) {
        this.#failure ??= error
        for (const { reject } of batch) reject(error)
      }
    }
    this.#flushing = undefined
  }
}

/** The journals of a service: files in its data folder. */
export function journalsIn(folder: string): OpenJournal {
  return (name, replay) => FileJournal.open(join(folder, `${name}.jsonl`), replay)
}

function parseLine(line: string, path: string, lineNumber: number): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new JournalError(
      `cannot replay ${path}: line ${lineNumber} is not JSON, got ${line.slice(0, 80)}`,
      {
        cause,
      },
    )
  }
}
