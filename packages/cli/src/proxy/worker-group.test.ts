import cluster from 'node:cluster'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { WorkerGroup } from './worker-group.js'

const DEAF = `process.on('SIGTERM', () => {})
setInterval(() => {}, 60_000)
process.send({ type: 'ready', line: 'deaf' })
`

it('a worker that does not end when it is told to is killed, and whoever waits for it goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-group-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const exec = join(folder, 'deaf.mjs')
  writeFileSync(exec, DEAF)
  const { settings } = cluster
  cluster.setupPrimary({ exec, execArgv: [], args: [] })
  onTestFinished(() => cluster.setupPrimary(settings))
  const group = await new Promise<WorkerGroup>((resolve, reject) => {
    const started = new WorkerGroup(1, {
      ready: () => resolve(started),
      failed: (code) => reject(new Error(`it ended with ${code}`)),
      answered: () => undefined,
    })
  })
  const [worker] = group.members
  const exit = once(worker!, 'exit')
  await group.stop(50)
  expect(await exit).toEqual([null, 'SIGKILL'])
})
