import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { freePorts, isPortFree } from '../src/engines/free-ports.js'

/** All that there can be but the last 40, so that whoever looks for a free one meets those of the others. */
const TAKEN = Array.from({ length: 12_000 - 40 }, (_, index) => 20_000 + index)
const MODULE = new URL('../dist/engines/free-ports.js', import.meta.url).href
const ASK = `const { freePorts } = await import('${MODULE}')
const ports = []
const taken = new Set(JSON.parse(process.argv[1]))
await (async () => { while (ports.length < 100) ports.push(...(await freePorts(1, taken))) })().catch(() => {})
console.log(JSON.stringify(ports))`

/** What another process is given, until there is none left. */
async function givenToAnother(): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    ASK,
    JSON.stringify(TAKEN),
  ])
  return JSON.parse(stdout) as number[]
}

const isLinux = process.platform === 'linux'

it.runIf(isLinux)('gives no port twice, to this process or to another that looks too', async () => {
  const taken = new Set(TAKEN)
  const ours = (await Promise.all(Array.from({ length: 10 }, () => freePorts(1, taken)))).flat()
  expect(new Set(ours).size).toBe(10)
  const theirs = await givenToAnother()
  expect(theirs.length).toBeGreaterThan(0)
  expect(theirs.filter((port) => ours.includes(port))).toEqual([])
  const more = await freePorts(1, new Set([...taken, ...ours]))
  expect(theirs, 'free again with the end of the other').toContain(more[0])
})

it('gives none that is listened on', async () => {
  const [port] = (await givenToAnother()) as [number]
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true })
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  expect(await isPortFree(port)).toBe(false)
  const others = new Set(Array.from({ length: 12_000 }, (_, index) => 20_000 + index))
  others.delete(port)
  await expect(freePorts(1, others)).rejects.toThrow(/^cannot find 1 free ports from 20000 to 32000$/)
})
