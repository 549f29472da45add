import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const taskset = '/usr/bin/taskset'

/** Starts a server file of this folder as a process, on the first core where the platform can pin one. */
export async function startServer(file) {
  const command = [process.execPath, fileURLToPath(new URL(file, import.meta.url))]
  if (existsSync(taskset)) command.unshift(taskset, '-c', '0')
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [{ port }] = await once(child, 'message')
  return {
    port,
    /** Microseconds of processor time used so far. */
    async cpuMicros() {
      child.send('cpu')
      const [{ cpu }] = await once(child, 'message')
      return cpu.user + cpu.system
    },
    close: () => child.disconnect(),
  }
}
