import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { request } from 'node:https'
import { type Server } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { freePort } from '@watertight/deploy'
import { inFolder, watertight } from './run-process.js'

const program = fileURLToPath(new URL('../bin/watertight.cjs', import.meta.url))

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

async function sidecar(service: string, cwd: string): Promise<ChildProcess> {
  const words = ['proxy', '--sidecar', service, '--engine', 'envoy', '--workers', '1']
  const child = spawn(process.execPath, [program, ...words], { cwd })
  let said = ''
  child.stdout.on('data', (text: Buffer) => (said += text.toString()))
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  await expect.poll(() => said, { timeout: 30_000 }).toContain('ready: ')
  return child
}

/** Calls as somebody with this certificate, or with none. */
async function callAs(caller: string | undefined, port: number, cwd: string): Promise<number | string> {
  const read = (name: string): Promise<string> =>
    readFile(join(cwd, 'certs', caller ?? 'order', name), 'utf8')
  const own = caller === undefined ? {} : { cert: await read('certificate.pem'), key: await read('key.pem') }
  const trust = { ca: await read('trust.pem'), checkServerIdentity: () => undefined, agent: false as const }
  return await new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/', ...trust, ...own }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', (error) => resolve(error.message))
    asked.end()
  })
}

it('sidecars of Envoy know one another by certificates, and let in only who may call', async () => {
  const application = createHttpServer((_request, response) => response.end('paid'))
  const ports = {
    application: await listening(application),
    payment: await freePort(),
    outbound: await freePort(),
  }
  const manifest = `watertight: v1
system: shop
enforce: sidecar
mutualTls: true
services:
  order: { sidecar: { outbound: { payment: ${ports.outbound} } }, calls: { payment: { timeout: { total: 5s } } } }
  payment: { port: ${ports.payment}, sidecar: { application: ${ports.application} } }
  stock: {}
`
  await inFolder({ 'watertight.yaml': manifest }, async (cwd) => {
    expect((await watertight(['certs', 'init'], { cwd })).code).toBe(0)
    const running = [await sidecar('payment', cwd), await sidecar('order', cwd)]
    try {
      const answer = await fetch(`http://127.0.0.1:${ports.outbound}/`)
      expect([answer.status, await answer.text()]).toEqual([200, 'paid'])
      expect(await callAs('order', ports.payment, cwd)).toBe(200)
      expect(await callAs('stock', ports.payment, cwd)).toBe(403)
      expect(await callAs(undefined, ports.payment, cwd)).toMatch(
        /certificate required|socket hang up|ECONNRESET/i,
      )
    } finally {
      for (const child of running) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      application.close()
    }
  })
})
