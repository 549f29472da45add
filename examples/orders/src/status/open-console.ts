import { resolve } from 'node:path'
import { Console, CONSOLE_PORT, ConsolePortError, type ConsoleOptions } from '@watertight/console'
import { ControlClient } from '@watertight/supervisor'
import { MANIFEST_FILE } from '../manifest/manifest.js'

/** Opens the console of the shop that keeps its data here: at its usual port if that is free, and else at any. */
export async function openConsole(dataFolder: string, isAnyPort: boolean): Promise<Console> {
  const folder = resolve(dataFolder)
  const options: ConsoleOptions = {
    manifest: MANIFEST_FILE,
    folder,
    // The database is served once the shop opens.
    store: async () => {
      const url = (await (await ControlClient.find(folder))?.stores())?.get('shop')
      if (url === undefined) throw new Error('the shop is being opened')
      return url
    },
  }
  if (isAnyPort) return await Console.open({ ...options, port: 0 })
  return await Console.open({ ...options, port: CONSOLE_PORT }).catch((error: unknown) => {
    if (error instanceof ConsolePortError) return Console.open({ ...options, port: 0 })
    throw error
  })
}
