import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './start-postgres.mjs'

const startMsMax = 60_000
const named = process.env.WATERTIGHT_ENGINES ?? ''
const engines = named === '' ? join(homedir(), '.cache/watertight/engines') : named
/** Otherwise it looks for what to do 20 times a second at the most, since it has but one shard of its history. */
const settings = [
  'history.transferProcessorMaxPollRPS=1000',
  'system.enableActivityEagerExecution=true',
].flatMap((setting) => ['--dynamic-config-value', setting])
const modules = join(engines, 'temporal-sdk/node_modules')

/**
 * The same in Temporal: a workflow of three activities, on its development server, which keeps nothing on the disk: with a
 * file it is several times slower. Server and SDK come with `npm run engines`; undefined where they are not there.
 */
export async function temporalWorkflow() {
  if (!existsSync(join(engines, 'bin/temporal')) || !existsSync(modules)) return undefined
  const require = createRequire(join(modules, 'x.js'))
  const { Connection, Client } = require('@temporalio/client')
  const {
    DefaultLogger,
    NativeConnection,
    Runtime,
    Worker,
    bundleWorkflowCode,
  } = require('@temporalio/worker')
  const [port, http, metrics] = [await freePort(), await freePort(), await freePort()]
  const ports = ['--port', port, '--http-port', http, '--metrics-port', metrics].map(String)
  const words = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--log-level',
    'error',
    ...ports,
    ...settings,
  ]
  const child = spawn(join(engines, 'bin/temporal'), words, { stdio: 'ignore' })
  await listens(port)
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
  const address = `127.0.0.1:${port}`
  const connection = await NativeConnection.connect({ address })
  const worker = await Worker.create({
    connection,
    taskQueue: 'bench',
    activities: { one: async () => 'ok', two: async () => 'ok', three: async () => 'ok' },
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('temporal-three.mjs', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, modules: [modules, 'node_modules'] },
      }),
    }),
  })
  const running = worker.run()
  const client = new Client({ connection: await Connection.connect({ address }) })
  return {
    name: 'temporal workflow',
    run: async (id) => {
      const options = { workflowId: id, taskQueue: 'bench', args: [{ order: id }] }
      if ((await client.workflow.execute('three', options)) !== 'ok')
        throw new Error('cannot measure: a workflow did not end well')
    },
    close: async () => {
      worker.shutdown()
      await running
      await connection.close()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function listens(port) {
  const until = performance.now() + startMsMax
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      if (performance.now() > until) throw new Error('cannot measure: Temporal does not start')
      await new Promise((resolve) => setTimeout(resolve, 100))
    } finally {
      socket.destroy()
    }
  }
}
