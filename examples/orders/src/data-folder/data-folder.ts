import { open, rm, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createFolder, isMissing } from './create-folder.js'
import { diskTrouble } from './disk-trouble.js'

/** A new database and its journals take some 50 MB. */
const BYTES_NEEDED = 64 * 1024 * 1024

/** The folder cannot hold the data of a shop. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError'
  readonly code = 'ORDERS_DATA_FOLDER'
}

/**
 * Creates the folder when it is missing, and writes to it once, so that what is wrong with it is told in one sentence
 * before every process meets it.
 *
 * @throws {@link DataFolderError}
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  const path = resolve(folder)
  try {
    await createFolder(path)
    const probe = join(path, '.writable')
    const file = await open(probe, 'w')
    try {
      await file.writeFile('x')
      await file.datasync()
    } finally {
      await file.close()
      await rm(probe, { force: true })
    }
  } catch (error) {
    const trouble = diskTrouble(error) ?? (error as Error).message
    throw new DataFolderError(`cannot use data folder ${path}: ${trouble}`, { cause: error })
  }
  const { bavail, bsize } = await statfs(path)
  const isNew = await isMissing(join(path, 'stores', 'shop'))
  if (isNew && bavail * bsize < BYTES_NEEDED) {
    const [free, needed] = [bavail * bsize, BYTES_NEEDED].map((bytes) => Math.floor(bytes / 1024 / 1024))
    throw new DataFolderError(
      `cannot use data folder ${path}: it has ${free} MB left, and a new shop needs ${needed}`,
    )
  }
}
