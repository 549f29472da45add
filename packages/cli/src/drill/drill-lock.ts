import { mkdir } from 'node:fs/promises'
import { AlreadyRunningError, FolderLock } from '@watertight/supervisor'
import { DrillFolder } from './drill-folder.js'
import { cannotDrill } from './drill-plan.js'

/**
 * Two drills at once would each measure the other. It is let go when its process ends, however it ends.
 *
 * @throws CommandError when another drill of this run is under way
 */
export async function takeDrillLock(folder: string, drill: string): Promise<Pick<FolderLock, 'release'>> {
  const { path } = new DrillFolder(folder)
  await mkdir(path, { recursive: true })
  return await FolderLock.take(path, undefined).catch((error: unknown) => {
    if (!(error instanceof AlreadyRunningError)) throw error
    throw cannotDrill(
      drill,
      `another drill is under way, in process ${error.pid}`,
      'two at once would each measure the other; run it when that one is over',
    )
  })
}
