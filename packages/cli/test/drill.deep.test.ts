import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { freePort } from '@watertight/deploy'
import { incidentHook, runDrill } from './run-drill.js'
import { inFolder, watertight } from './run-process.js'
import { says, startProgram } from './start-program.js'

vi.setConfig({ testTimeout: 180_000 })

const files = (gateway: number, hook: number) => ({
  'watertight.yaml': `watertight: v1
system: shop
policies:
  standard:
    timeout: { attempt: 200ms, total: 1s }
    breaker: { window: { duration: 5s }, minimumCalls: 5, failureRate: 50%, openFor: 1s, halfOpenCalls: 1 }
services:
  payment: { run: node payment.mjs, health: { live: / } }
gateway:
  listen: { port: ${gateway} }
  routes: [{ match: { path: / }, to: payment, policy: standard, fallback: { status: 202, body: queued for later } }]
drills:
  payment-slow:
    every: 30d
    story: The payment API times out
    target: payment
    delay: 1s
    for: 3s
    detect: 30s
    recover: 30s
    notify: http://127.0.0.1:${hook}/incidents
  payment-dies: { every: 30d, story: Payment crashes, target: payment, fault: kill, detect: 30s, recover: 30s }
`,
  'payment.mjs': `
import { createServer } from 'node:http'
const server = createServer((request, response) => response.end('paid'))
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`,
})

test('a payment API that times out is detected by a breaker, answered by the fallback, and recovers; all of it is recorded', async () => {
  const { port, told } = await incidentHook()
  await inFolder(files(await freePort(), port), async (cwd) => {
    const { text } = startProgram(cwd, ['up'])
    await says(text, 'everything is ready')
    const { code, record } = await runDrill(cwd, ['payment-slow', '--load', '20/s'])
    expect({ code, record }).toMatchObject({
      code: 0,
      record: {
        ok: true,
        drill: 'payment-slow',
        detected: { ok: true, by: 'the breaker of gateway' },
        recovered: { ok: true },
        // What the breaker refuses, and what comes too late, has the answer of the document.
        requests: {
          failed: 0,
          outcomes: { 200: expect.any(Number) as number, 202: expect.any(Number) as number },
        },
        notified: { detected: true, recovered: true },
      },
    })
    expect(told).toEqual(['detected', 'recovered'])
    const folder = join(cwd, '.watertight', 'drills')
    const kept = (await readdir(folder)).sort()
    expect(kept).toEqual([
      expect.stringMatching(/^payment-slow-.*\.json$/),
      'payment-slow.md',
      'schedule.json',
    ])
    expect(JSON.parse(await readFile(join(folder, kept[0] ?? ''), 'utf8'))).toEqual(record)
    expect(await readFile(join(folder, 'payment-slow.md'), 'utf8')).toContain('# payment-slow')
    const killed = await runDrill(cwd, ['payment-dies'])
    expect(killed).toMatchObject({
      code: 0,
      record: { ok: true, fault: expect.stringContaining('ends without warning') as string },
    })
    await says(text, 'is started again')
    expect((await watertight(['drill', 'payment-slwo'], { cwd })).err).toContain('did you mean payment-slow?')
    expect((await watertight(['stop'], { cwd })).code).toBe(0)
  })
})

test('under watertight up with a profile a drill of that profile runs by its schedule, and its record is kept', async () => {
  const { port } = await incidentHook()
  const all = files(await freePort(), port)
  const [document, rehearsal] = all['watertight.yaml'].split(/^(?=drills:)/m)
  const often = {
    ...all,
    'watertight.yaml': document ?? '',
    'watertight.rehearsal.yaml': rehearsal?.replace('every: 30d', 'every: 5s') ?? '',
  }
  const profile = ['--profile', 'rehearsal']
  await inFolder(often, async (cwd) => {
    const { text } = startProgram(cwd, ['up', '--load', '20/s', ...profile])
    await says(text, 'drill payment-slow is due at ')
    await says(text, 'drill payment-slow met all objectives')
    const list = await watertight(['drill', '--json', ...profile], { cwd })
    const { kind, drills } = JSON.parse(list.out) as { kind: string; drills: readonly unknown[] }
    expect(kind).toBe('list')
    expect(drills[0]).toMatchObject({
      drill: 'payment-slow',
      last: { scheduled: true },
      dueAt: expect.any(Number) as number,
    })
    const history = await watertight(['drill', 'payment-slow', '--history', ...profile], { cwd })
    expect(history.out).toMatch(/payment-slow {2}by schedule {2}ok +detected \d+\.\d s, recovered \d+\.\d s/)
    expect((await watertight(['stop', ...profile], { cwd })).code).toBe(0)
  })
})
