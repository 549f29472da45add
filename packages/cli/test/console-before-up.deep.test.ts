import { expect, test, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { inFolder, watertight } from './run-process.js'
import { says, startProgram } from './start-program.js'

vi.setConfig({ testTimeout: 240_000 })

const documentOf = (port: number): string => `watertight: v1
system: shop
services:
  order: { run: node order.mjs, port: ${port}, store: shop, health: { live: / } }
stores: { shop: embedded }
`
const ORDER = `import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('ok'))
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

/** What the console says of the store that it reads. */
async function storeOf(url: string): Promise<{ readonly state: string; readonly reason: string | null }> {
  const snapshot = (await (await fetch(new URL('api/snapshot', url))).json()) as {
    readonly sources: readonly {
      readonly kind: string
      readonly state: string
      readonly reason: string | null
    }[]
  }
  return snapshot.sources.find(({ kind }) => kind === 'store') ?? { state: 'none', reason: null }
}

test('a console that is opened before the system leaves its embedded store to it, and finds it again after each start', async () => {
  await inFolder({ 'watertight.yaml': documentOf(await freePort()), 'order.mjs': ORDER }, async (cwd) => {
    const up = async (): Promise<void> => {
      await says(startProgram(cwd, ['up']).text, 'everything is ready')
    }
    // The store has a folder from now on.
    await up()
    expect((await watertight(['migrate', 'up'], { cwd })).code).toBe(0)
    expect((await watertight(['stop'], { cwd })).code).toBe(0)
    const console = startProgram(cwd, ['console', '--port', '0', '--json'])
    await says(console.text, '"url"')
    const { url } = JSON.parse(console.text().split('\n')[0] ?? '') as { readonly url: string }
    const isSo = async (state: string): Promise<void> => {
      await vi.waitFor(async () => expect(await storeOf(url)).toMatchObject({ state }), {
        timeout: 60_000,
        interval: 500,
      })
    }
    await isSo('failing')
    expect((await storeOf(url)).reason).toContain(
      'it is served while the system runs: watertight up starts it',
    )
    for (let run = 1; run <= 2; run += 1) {
      await up()
      await isSo('ok')
      expect((await watertight(['stop'], { cwd })).code).toBe(0)
      await isSo('failing')
    }
  })
})
