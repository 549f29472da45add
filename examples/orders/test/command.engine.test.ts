import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Snapshot } from '@watertight/console'
import { makePaymentSlow, type OpenedConsole } from './make-payment-slow.js'
import { killAll, start, type Run } from './run.js'
import { until } from './until.js'

let dataFolder: string

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'command-'))
})
afterAll(async () => {
  killAll()
  await rm(dataFolder, { recursive: true, force: true })
})

/** Its processes are named by then; what it says may come in several pieces. */
const open = (run: Run) => until('the shop is open', () => run.output().includes('Open http'), 120_000)

test('the console of npm start makes payment slow and well again; Ctrl-C drains and sums up; a run that is killed takes its services along; the next run continues', async () => {
  const interrupted = start('--port', '0', '--data', dataFolder)
  await open(interrupted)
  await until('drills are planned', () => interrupted.output().includes('drill payment-slow is due at'))
  const opened = consoleOf(interrupted)
  await makePaymentSlow(opened, await servicesShown(opened))
  const second = start('--port', '0', '--data', dataFolder)
  expect(await second.code).toBe(3)
  expect(second.errors()).toContain('the system already runs')
  interrupted.child.kill('SIGINT')
  expect(await interrupted.code).toBe(0)
  expect(interrupted.output()).toMatch(/Stopped after \d+ s\./)
  expect(interrupted.output()).toMatch(/books +balance/)

  const killed = start('--port', '0', '--data', dataFolder)
  await open(killed)
  const pids = [...killed.output().matchAll(/(?:pid|sidecar) (\d+)/g)].map(([, pid]) => Number(pid))
  // Eight with a sidecar and two without, or one less where there is no Python.
  expect(pids.length).toBeGreaterThanOrEqual(14)
  killed.child.kill('SIGKILL')
  await until('its services are gone', () => !pids.some(isAlive))
  // What runs its drills, too, which is in no group of the run.
  await until('nothing of it is left', async () => (await programsOf(dataFolder)).length === 0)

  const last = start('--port', '0', '--data', dataFolder, '--seconds', '2', '--json')
  expect(await last.code).toBe(0)
  // How many of its checkouts a busy machine bears is not for this test to say.
  expect(JSON.parse(last.output())).toMatchObject({ balanced: true, findings: [] })
}, 300_000)

/** The console that `npm start` has opened. */
function consoleOf(run: Run): OpenedConsole {
  const [, url = '', token = ''] = /(http:\S+) +token for changes: (\S+)/.exec(run.output()) ?? []
  return { url, token }
}

/** The services that are on its page, once it shows the shop as it runs. */
async function servicesShown({ url }: OpenedConsole): Promise<readonly string[]> {
  const ask = (place: string | URL) => fetch(place, { signal: AbortSignal.timeout(10_000) })
  const page = await ask(url)
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(await page.text()).toContain('<script')
  const shown = await until('the console shows checkouts and their orders', async () => {
    const snapshot = (await (await ask(new URL('api/snapshot', url))).json()) as Snapshot | null
    if (snapshot === null) return undefined
    const { edges, sagas, waiting, sources } = snapshot
    const flows = edges.some(({ id, signals }) => id === 'order>payment' && signals.known)
    // What shows no metrics, as tax, is in no trouble.
    const isCalm = sources.every(({ state }) => state !== 'failing')
    return flows && isCalm && sagas.known && sagas.value.length > 0 && waiting.known && snapshot
  })
  const names = shown.services.map(({ name }) => name)
  expect(names).toEqual(['gateway', 'order', 'inventory', 'payment', 'shipping', 'loyalty', 'tax'])
  return names
}

/** The command lines in which this folder is named, as far as the system tells. */
async function programsOf(folder: string): Promise<string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(folder))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
