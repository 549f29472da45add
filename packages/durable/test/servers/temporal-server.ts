import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'

const START_MS = 120_000

export interface TemporalServer {
  readonly address: string
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  /** Starts it again where it was, with what it has kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** A Temporal of its own, which keeps what it has in a file. */
export async function startTemporal(): Promise<TemporalServer> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-temporal-'))
  const port = await freePort()
  const given = [
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--db-filename',
    join(folder, 'temporal.db'),
  ]
  const start = async (): Promise<ChildProcess> => {
    const ports = ['--http-port', String(await freePort()), '--metrics-port', String(await freePort())]
    const server = spawn('temporal', ['server', 'start-dev', '--log-level', 'error', ...given, ...ports], {
      stdio: 'ignore',
      cwd: folder,
    })
    const deadline = performance.now() + START_MS
    while (!(await isListening(port))) {
      if (server.exitCode !== null || performance.now() > deadline)
        throw new Error(`cannot start Temporal on ${port} within ${START_MS} ms`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return server
  }
  let server = await start()
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
  return {
    address: `127.0.0.1:${port}`,
    kill,
    start: async () => {
      server = await start()
    },
    stop: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
