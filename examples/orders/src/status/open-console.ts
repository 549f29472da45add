import { resolve } from 'node:path'
import { Console, CONSOLE_PORT, ConsolePortError, type ConsoleOptions } from '@watertight/console'
import { ControlClient } from '@watertight/supervisor'
import { loadManifest } from '../manifest/manifest.js'

export interface OpenConsole {
  readonly dataFolder: string
  /** What the shop is run as. */
  readonly profile?: string | undefined
  readonly isAnyPort: boolean
}

/** Opens the console of the shop that keeps its data here: at its usual port if that is free, and else at any. */
export async function openConsole({ dataFolder, profile: name, isAnyPort }: OpenConsole): Promise<Console> {
  const folder = resolve(dataFolder)
  const { file, profile } = loadManifest(undefined, name)
  const options: ConsoleOptions = {
    manifest: file,
    ...(profile === undefined ? {} : { profile }),
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
