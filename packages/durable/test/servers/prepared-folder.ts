import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import type { Store } from '../../src/store/store.js'

/** An embedded database in a folder, its schema in it, to copy: to make one takes longer than most that is done with it. */
export interface PreparedFolder {
  copy(): FolderCopy
  remove(): void
}

export interface FolderCopy {
  readonly path: string
  readonly url: string
  remove(): void
}

export async function prepareFolder(
  prepare: (store: Store) => Promise<unknown> = async () => undefined,
): Promise<PreparedFolder> {
  const root = mkdtempSync(join(tmpdir(), 'watertight-prepared-'))
  const path = join(root, 'data')
  let copies = 0
  const store = openStore(`pglite:${path}`)
  await migrate(store)
  await prepare(store)
  await store.close()
  return {
    copy: () => {
      copies += 1
      const copy = join(root, `copy-${copies}`)
      cpSync(path, copy, { recursive: true })
      return { path: copy, url: `pglite:${copy}`, remove: removing(copy) }
    },
    remove: removing(root),
  }
}

const removing = (path: string) => (): void => rmSync(path, { recursive: true, force: true })
