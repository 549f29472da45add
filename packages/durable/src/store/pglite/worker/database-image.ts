import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzip } from 'node:zlib'

const PREFIX = 'pglite-'

/**
 * A new and empty database, kept where tools keep what they can make again: `node_modules/.cache`. To make one takes
 * seconds of processor time, to copy one a fraction of it. Where nothing can be written there, each is made anew.
 */
export class DatabaseImage {
  readonly #folder: string
  readonly #name: string

  private constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  /** That of the PGlite whose module this is; undefined where it lies in no `node_modules`. */
  static of(modulePath: string): DatabaseImage | undefined {
    const end = modulePath.lastIndexOf(`${sep}node_modules${sep}`)
    if (end === -1) return undefined
    const folder = join(modulePath.slice(0, end), 'node_modules', '.cache', 'watertight')
    const manifest = join(dirname(dirname(modulePath)), 'package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    return new DatabaseImage(folder, `${PREFIX}${version}.tar.gz`)
  }

  /** Undefined where there is none, or one that is damaged. */
  read(): Blob | undefined {
    try {
      return new Blob([gunzipSync(readFileSync(this.#path))])
    } catch {
      return undefined
    }
  }

  /** Keeps this one in place of those of other versions. Whoever reads it meanwhile finds a whole one or none. */
  async keep(tar: Blob): Promise<void> {
    const draft = join(this.#folder, `${this.#name}.${process.pid}`)
    try {
      const image = await promisify(gzip)(Buffer.from(await tar.arrayBuffer()), { level: 1 })
      mkdirSync(this.#folder, { recursive: true })
      for (const name of readdirSync(this.#folder))
        if (name.startsWith(PREFIX)) rmSync(join(this.#folder, name), { force: true })
      writeFileSync(draft, image)
      renameSync(draft, this.#path)
    } catch {
      // A folder that is read-only, or a disk that is full: the next database is made as this one was.
      remove(draft)
    }
  }

  /** One from which no database could be made. */
  discard(): void {
    remove(this.#path)
  }

  get #path(): string {
    return join(this.#folder, this.#name)
  }
}

/** As far as possible: what cannot be removed is found to be damaged, or is replaced. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its folder is read-only, or none.
  }
}
