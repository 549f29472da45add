import { watch } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { SOURCE_LIMITS } from '../source/source-limits.js'

/** A file as it was read, and what tells this state of it from another. */
export interface FileState {
  readonly identity: string
  readonly text: string
}

/** The outside world of a watch: the file system and time. */
export interface WatchPorts {
  /** Calls `notify` when the file may have changed, `failed` once when it can tell no more. Throws if it cannot start. */
  readonly watch: (file: string, notify: () => void, failed: () => void) => { close: () => void }
  /** Reads the file, or says that it still is what `known` identifies. */
  readonly read: (file: string, known: string | undefined) => Promise<FileState | 'same'>
  /** Runs an action later; the answer takes it back. */
  readonly after: (ms: number, action: () => void) => () => void
  /** Monotonic milliseconds. */
  readonly now: () => number
}

/** The real ones. Nothing in them keeps a process alive. */
export const systemPorts: WatchPorts = {
  watch: watchFolder,
  read: readBounded,
  after(ms, action) {
    const timer = setTimeout(action, ms).unref()
    return () => {
      clearTimeout(timer)
    }
  },
  now: () => performance.now(),
}

// An editor saves by renaming a new file over the old one, which ends a watch of the file itself; its folder stays.
function watchFolder(file: string, notify: () => void, failed: () => void): { close: () => void } {
  const own = basename(file)
  const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
    // Kubernetes swaps a link named ..data to change every file of a mounted volume at once.
    if (name === null || name === own || name.startsWith('..')) notify()
  })
  watcher.on('error', () => {
    watcher.close()
    failed()
  })
  return watcher
}

async function readBounded(file: string, known: string | undefined): Promise<FileState | 'same'> {
  const found = await stat(file)
  if (!found.isFile()) throw new Error('it is not a file')
  const identity = `${found.ino} ${found.size} ${found.mtimeMs}`
  if (identity === known) return 'same'
  const handle = await open(file)
  try {
    // One byte more than is allowed tells a file that is too large, whatever its size says.
    const buffer = Buffer.alloc(Math.min(found.size, SOURCE_LIMITS.bytesMax) + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    if (length > SOURCE_LIMITS.bytesMax) {
      throw new Error(`at most ${SOURCE_LIMITS.bytesMax / 1_048_576} MiB are allowed`)
    }
    return { identity, text: buffer.toString('utf8', 0, length) }
  } finally {
    await handle.close()
  }
}
