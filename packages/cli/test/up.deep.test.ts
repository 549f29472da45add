import { once } from 'node:events'
import { get } from 'node:http'
import type { Snapshot } from '@watertight/console'
import { Ajv } from 'ajv'
import { expect, test, vi } from 'vitest'
import { outputSchema } from '../src/schema/output-schemas.js'
import { freePort } from '@watertight/deploy'
import { inFolder, watertight } from './run-process.js'
import { says, startProgram } from './start-program.js'
import { shopOfOthers } from './shop-of-others.js'

/** What is seen of the system by whoever looks at the page. */
async function consoleKnows(page: string): Promise<void> {
  await vi.waitFor(async () => {
    const { traces, services } = (await (await fetch(`${page}/api/snapshot`)).json()) as Snapshot
    expect(services.find(({ name }) => name === 'tax')?.replicas).toMatchObject({
      known: true,
      value: [{ name: 'tax' }, { name: 'tax-2' }],
    })
    // Gateway and sidecar were told where spans go.
    const from = traces.known ? traces.value.map(({ service }) => service) : []
    expect(from).toEqual(expect.arrayContaining(['gateway', 'order']))
  }, 30_000)
}

/** The answer to a request on a connection of its own, or why there is none. */
async function answerOn(port: number): Promise<string> {
  return await new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => resolve(`${response.statusCode} ${body}`))
    })
    asked.on('error', (error) => resolve(String(error)))
  })
}

/** What is told of the processes, as JSON. */
async function statusTells(cwd: string): Promise<void> {
  const status = await watertight(['status', '--json'], { cwd })
  expect(status.code).toBe(0)
  expect(new Ajv().compile(JSON.parse(outputSchema('status')) as object)(JSON.parse(status.out))).toBe(true)
  const programs = (JSON.parse(status.out) as { programs: { name: string; state: string }[] }).programs
  expect(programs.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'gateway ready',
    'order ready',
    'order-sidecar ready',
    'tax ready',
    'tax-2 ready',
  ])
}

/** What is seen of the system in a terminal: its requests as they pass, and how its services are. */
async function terminalShows(cwd: string): Promise<void> {
  // Whether it is ready passes there as well, whenever it is asked that.
  const only = ['--status', '2xx', '--path', '/rate']
  const tapped = await watertight(['tap', 'order', '--max', '4', '--json', ...only], { cwd })
  const passed = tapped.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(passed).toHaveLength(4)
  expect(passed[0]).toMatchObject({
    program: 'order-sidecar',
    to: 'tax',
    method: 'GET',
    path: '/rate',
    status: 200,
  })
  expect((await watertight(['tap', 'ordr'], { cwd })).err).toContain('in this run; did you mean order?')
  const top = await watertight(['top', '--once'], { cwd, env: { COLUMNS: '100' } })
  expect(top.out).toMatch(/^ {2}gateway +1\/1 +ready +\d+% +\d+M +[\d.]+\/s +100% +[\d.]+m?s +[\d.]+m?s +-$/m)
  expect(top.out).toMatch(/^ {2}tax +2\/2 +ready +\d+% +\d+M /m)
}

test('a system that knows nothing of the product starts, loses nothing while a service of two replicas and the gateway are restarted, and stops in order', async () => {
  const port = await freePort()
  await inFolder(shopOfOthers(port), async (cwd) => {
    const { child, text } = startProgram(cwd, ['up', '--console', '0', '--load', '5/s'])
    await says(text, `everything is ready; the gateway is at http://localhost:${port}`)
    const [, page = '', ...again] =
      /console at (http:\/\/127\.0\.0\.1:\d+); token for changes: \S{20,}\n/.exec(text()) ?? []
    expect({ page, again }).toEqual({ page: expect.stringMatching(/:\d+$/) as string, again: [] })
    await statusTells(cwd)
    const restarting = new AbortController()
    const answers = new Map<string, number>()
    const load = (async () => {
      while (!restarting.signal.aborted) {
        const what = await answerOn(port)
        answers.set(what, (answers.get(what) ?? 0) + 1)
      }
    })()
    expect((await watertight(['restart', 'tax'], { cwd })).code).toBe(0)
    expect((await watertight(['restart', 'gateway'], { cwd })).code).toBe(0)
    restarting.abort()
    await load
    expect([...answers.keys()].sort()).toEqual(['200 at tax', '200 at tax-2'])
    expect(text()).toMatch(/^gateway +\| started anew within [\d.]+ s, and took requests all the time$/m)
    await consoleKnows(page)
    await terminalShows(cwd)
    expect((await watertight(['logs', 'order'], { cwd })).out).toBe('order listens\n')
    expect(await watertight(['restart', 'taxx'], { cwd })).toMatchObject({
      code: 2,
      err: 'error cannot restart taxx: there is no such program in this run; did you mean tax?\n',
    })
    const second = await watertight(['up'], { cwd })
    expect(second).toMatchObject({
      code: 1,
      err: expect.stringContaining('the system already runs') as string,
    })
    expect(await watertight(['stop'], { cwd })).toMatchObject({ code: 0, out: 'stopped\n' })
    if (child.exitCode === null) await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    // It was sent all the time, and nobody met a closed port.
    expect(text()).toContain('sending 5/s of GET /\n')
    expect(text()).toMatch(/load in all: \d{2,} requests in .* 200: \d{2,}/)
    expect(text()).not.toMatch(/refused: \d/)
    await expect(fetch(page)).rejects.toThrow('fetch failed')
    const stopped = [...text().matchAll(/^(\S+) +\| stopped/gm)].map(([, name]) => name)
    // The restart has stopped both of tax, too.
    expect(stopped.slice(2)).toEqual(['gateway', 'order', 'order-sidecar', 'tax', 'tax-2'])
    expect(await watertight(['status'], { cwd })).toMatchObject({
      code: 4,
      err: 'error cannot reach the system: nothing runs in .watertight\n  watertight up starts it\n',
    })
  })
})
