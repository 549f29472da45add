import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { Console, type Snapshot } from '@watertight/console'
import { freePort } from '@watertight/deploy'
import { inFolder } from './run-process.js'

const program = fileURLToPath(new URL('../bin/watertight.cjs', import.meta.url))

it('proxy --engine envoy runs the document on Envoy, follows its changes, sends its spans to a console, and ends when it is told to', async () => {
  const port = await freePort()
  const opened = await Console.open({ port: 0, stepMs: 200 })
  onTestFinished(() => opened.close())
  const traced = async (): Promise<readonly string[]> => {
    const { traces } = (await (await fetch(`${opened.url}/api/snapshot`)).json()) as Snapshot
    return traces.known ? traces.value.map(({ service, name }) => `${service} ${name}`) : []
  }
  const manifest = (body: string): string => `watertight: v1
system: shop
services: { order: { port: 7001 } }
gateway: { listen: { port: ${port} }, routes: [{ match: { path: /version }, respond: { status: 200, body: ${body} } }] }
`
  const version = async (): Promise<string> =>
    await fetch(`http://127.0.0.1:${port}/version`).then((response) => response.text())
  await inFolder({ 'watertight.yaml': manifest('one') }, async (cwd) => {
    const words = ['proxy', '--gateway', '--engine', 'envoy', '--workers', '1']
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: opened.spansUrl }
    const child = spawn(process.execPath, [program, ...words], { cwd, env })
    try {
      let said = ''
      child.stdout.on('data', (text: Buffer) => (said += text.toString()))
      await expect
        .poll(() => said, { timeout: 30_000 })
        .toMatch(/^ready: gateway: gateway on \d+, admin on \d+\n/)
      expect(await version()).toBe('one')
      await writeFile(join(cwd, 'watertight.yaml'), manifest('two'))
      await expect.poll(version, { timeout: 30_000 }).toBe('two')
      await expect.poll(traced, { timeout: 30_000 }).toContain('gateway GET')
      await writeFile(join(cwd, 'watertight.yaml'), 'nonsense')
      let problems = ''
      child.stderr.on('data', (text: Buffer) => (problems += text.toString()))
      await expect.poll(() => problems, { timeout: 30_000 }).toContain('what was in force stays')
      expect(await version()).toBe('two')
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
    } finally {
      child.kill('SIGKILL')
    }
  })
})
