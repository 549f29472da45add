import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore, type Store } from '@watertight/durable'
import { patientStore } from '../src/database/patient-store.js'
import { freePorts } from '../src/supervisor/free-ports.js'

const program = fileURLToPath(new URL('../dist/database/main.js', import.meta.url))
const running: { child: ChildProcess; store: Store }[] = []

export interface Database {
  readonly store: Store
  readonly port: number
  readonly kill: () => Promise<void>
}

/** The process of the database, with its files in `folder`. */
export async function startDatabase(folder: string, wanted?: number): Promise<Database> {
  const [free = 0, health] = await freePorts(2)
  const port = wanted ?? free
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      DATABASE_FOLDER: join(folder, 'database', 'postgres'),
      DATABASE_PORT: String(port),
      DATABASE_HEALTH_PORT: String(health),
      DATABASE_PASSWORD: 'secret',
    },
    stdio: ['pipe', 'inherit', 'inherit'],
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
