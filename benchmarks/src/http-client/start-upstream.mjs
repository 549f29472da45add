import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const taskset = '/usr/bin/taskset'

/** Starts the upstream on the second core, and keeps this process on the first, where the platform can pin them. */
export async function startUpstream() {
  const command = [process.execPath, fileURLToPath(new URL('upstream-process.mjs', import.meta.url))]
  if (existsSync(taskset)) {
    command.unshift(taskset, '-c', '1')
    spawnSync(taskset, ['-a', '-p', '-c', '0', String(process.pid)])
  }
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ port }] = await once(child, 'message')
  return { origin: `http://127.0.0.1:${port}`, close: () => child.disconnect() }
}
