import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openStore, type Store } from '@watertight/durable'
import { patientStore } from '../src/database/patient-store.js'
import { watertightProgram } from '../src/system/watertight-program.js'
import { freePort } from '@watertight/deploy'

const running: { child: ChildProcess; store: Store }[] = []

export interface Database {
  readonly store: Store
  readonly port: number
  readonly kill: () => Promise<void>
}

/** The process of the database, with its files in `folder`. */
export async function startDatabase(folder: string, wanted?: number): Promise<Database> {
  const port = wanted ?? (await freePort())
  const words = ['store', join(folder, 'postgres'), '--port', String(port)]
  const child = spawn(process.execPath, [watertightProgram(), ...words], {
    env: { ...process.env, WATERTIGHT_STORE_PASSWORD: 'secret' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `postgres://postgres:secret@127.0.0.1:${port}/postgres`
  const store = patientStore(openStore(url), 60_000)
  running.push({ child, store })
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { store, port, kill }
}

/** Lets all of them close their files. */
export async function stopDatabases(): Promise<void> {
  await Promise.all(
    running.splice(0).map(async ({ child, store }) => {
      await store.close()
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    }),
  )
}
