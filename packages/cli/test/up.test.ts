import { once } from 'node:events'
import { createServer } from 'node:net'
import { Ajv } from 'ajv'
import { expect, test, vi } from 'vitest'
import { outputSchema } from '../src/schema/output-schemas.js'
import { inFolder, watertight } from './run-process.js'
import { says, startProgram } from './start-program.js'
import { shopOfOthers } from './shop-of-others.js'
import { watertightHere } from './watertight-here.js'

vi.setConfig({ testTimeout: 180_000 })

const up = (cwd: string, ...words: string[]) => startProgram(cwd, ['up', ...words])

test('with --json every line is an event of the published shape, and Ctrl-C ends it', async () => {
  const manifest = `watertight: v1
system: shop
services:
  order: { run: "echo starting; exec sleep 600" }
  tax: { run: "echo no luck; exit 1" }
  stock: { run: "test -e ended-once && exec sleep 600; touch ended-once; sleep 3; exit 1" }
`
  await inFolder({ 'watertight.yaml': manifest }, async (cwd) => {
    const { child, text } = up(cwd, '--json')
    await says(text, '"crash-loop"')
    await says(text, '"back"')
    child.kill('SIGINT')
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    const matches = new Ajv().compile(JSON.parse(outputSchema('up')) as object)
    const kinds = new Set<string>()
    for (const line of text().trimEnd().split('\n')) {
      const event = JSON.parse(line) as { kind: string }
      expect({ line, isShape: matches(event) }).toEqual({ line, isShape: true })
      kinds.add(event.kind)
    }
    expect([...kinds].sort()).toEqual([
      'back',
      'crash-loop',
      'died',
      'document',
      'log',
      'planned',
      'ready',
      'started',
      'stopped',
      'stopping',
    ])
  })
})

test('a port that somebody has, a document without anything to run, and one with an error are told, and nothing starts', async () => {
  const taken = createServer()
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  try {
    await inFolder(shopOfOthers(port), async (cwd) => {
      expect(await watertight(['up'], { cwd })).toMatchObject({
        code: 1,
        err: `error cannot start gateway: port ${port} on 127.0.0.1 is taken by another program\n  end that program, change the port in the document, or take --port 0 or --free-ports\n`,
      })
    })
    await inFolder(shopOfOthers(port), async (cwd) => {
      expect(await watertight(['up', '--console', String(port)], { cwd })).toMatchObject({
        code: 1,
        out: '',
        err: `error cannot open the console: port ${port} on 127.0.0.1 is taken by another program\n  name another by --console; 0 takes any free one\n`,
      })
      expect(await watertightHere(['up', '--console', '70000'], { cwd })).toMatchObject({
        code: 2,
        err: 'error cannot open the console: --console must be an integer from 0 to 65535, got 70000\n',
      })
    })
  } finally {
    taken.close()
  }
  await inFolder(
    { 'watertight.yaml': 'watertight: v1\nsystem: s\nservices: { order: {} }\n' },
    async (cwd) => {
      expect(await watertightHere(['up'], { cwd })).toMatchObject({
        code: 1,
        err: 'error cannot start watertight.yaml: no service says how it is run\n  write run below a service, such as run: node dist/order.js\n',
      })
    },
  )
  await inFolder(
    { 'watertight.yaml': 'watertight: v1\nsystem: s\nservices: { order: { runn: x } }\n' },
    async (cwd) => {
      const { code, err } = await watertightHere(['up'], { cwd })
      expect({ code, err }).toMatchObject({
        code: 1,
        err: expect.stringContaining('did you mean run?') as string,
      })
    },
  )
})
