import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, dirname } from 'node:path'
import { freePort } from '@watertight/deploy'
import type { Run } from '@watertight/supervisor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Console } from '../../src/index.js'
import { afterwards, shopFolder, startShop } from '../shop.js'
import {
  accessibilityFaults,
  type Browser,
  type Page,
  pictureFile,
  startChromium,
  tabTo,
} from './chromium.js'
import { leaveOver, SAGA_ID, workOff } from './leave-over.js'

let browser: Browser
beforeAll(async () => {
  browser = await startChromium()
})
afterAll(() => browser.close())

const HEALTH = 'health: { live: /healthz, ready: /healthz }'

async function documentText(): Promise<string> {
  const [port, stable, canary] = [await freePort(), await freePort(), await freePort()]
  return `watertight: v1
system: shop
services:
  order:
    run: node caller.mjs
    health: { live: /healthz, ready: /healthz }
    calls: { payment: { policy: guarded, enforce: sidecar, fallback: { status: 200, body: later } } }
  payment: { run: node service.mjs, ${HEALTH} }
  tax: { run: node plain.mjs, ${HEALTH}, versions: { stable: { port: ${stable} }, canary: { port: ${canary} } } }
gateway:
  listen: { port: ${port} }
  routes:
    - { match: { path: /tax }, to: tax, policy: standard, split: { stable: 95, canary: 5 } }
    - { match: { path: / }, to: order, policy: standard }
policies:
  standard: { timeout: { total: 1s }, breaker: { failureRate: 50% } }
  guarded:
    timeout: { attempt: 250ms, total: 500ms }
    retry: off
    breaker: { window: { duration: 2s }, minimumCalls: 5, failureRate: 50%, openFor: 3s }
`
}

/** A page of the console, on which no script may fail. */
async function openPage(url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(15_000)
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  afterwards(() => Promise.resolve(expect(errors).toEqual([])))
  await page.goto(url)
  return page
}

const pidOf = (run: Run, name: string) => run.status().find((program) => program.name === name)?.pid ?? 0

test('an operator breaks and mends a system on the page, and it does what the page says', async () => {
  const { run, file } = await startShop(await documentText())
  const store = `pglite:${join(dirname(file), 'data')}`
  await leaveOver(store)
  const opened = await Console.open({ manifest: file, port: 0, store, stepMs: 200 })
  afterwards(() => opened.close())
  const page = await openPage(opened.url)
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click()
  const tab = (name: RegExp) => page.getByRole('tab', { name }).click()
  const scene = { run, file, page, press, tab, token: opened.token }

  // It shows what there is, and what waits for a person.
  await page.getByRole('button', { name: /^order calls payment/ }).waitFor()
  await page.getByText('1 saga could not be undone').first().waitFor()
  await page.getByText('1 event failed for good').first().waitFor()

  await killPayment(scene)
  await scaleAndRestartPayment(scene)
  await freezePayment(scene)
  const openAt = await slowPayment(scene)
  await changeCanary(scene)
  await bringToItsEnd(scene)

  // All of it is among the events.
  await tab(/^Events/)
  for (const did of ['payment has been killed', 'payment is frozen', `saga ${SAGA_ID} is told to go on`])
    await page.getByText(`by the console: ${did}`).first().waitFor()
  await page.getByText('fault on purpose: calls of order to payment are slow').first().waitFor()

  // A link shows somebody else the same moment.
  await press('Pause')
  await page.getByRole('button', { name: 'Go live' }).waitFor()
  const other = await openPage(page.url())
  await other.getByRole('button', { name: 'Go live' }).waitFor()
  const clock = await page.locator('.clock time').textContent()
  await expect.poll(() => other.locator('.clock time').textContent()).toBe(clock)

  // And one of a moment that is over, as it was then; played faster than it went by, it comes back to now.
  await other.goto(`${opened.url}/?at=${openAt}`)
  const breaker = (state: string) =>
    other.getByRole('button', { name: new RegExp(`^order calls payment: .*breaker ${state}`) }).waitFor()
  await breaker('open')
  await other.getByRole('button', { name: 'Replay' }).click()
  await other.getByRole('button', { name: 'Speed: 1 times, change' }).click()
  await other.getByRole('button', { name: 'Speed: 4 times, change' }).waitFor()
  await breaker('closed')
  expect(new URL(other.url()).searchParams.get('at')).not.toBe(String(openAt))
  await other.getByRole('button', { name: 'Pause' }).waitFor()

  await opened.close()
  expect(await workOff(store)).toEqual({ handled: 1, saga: 'compensated' })
}, 120_000)

interface Scene {
  readonly run: Run
  readonly file: string
  readonly page: Page
  readonly token: string
  readonly press: (name: string | RegExp) => Promise<void>
  readonly tab: (name: RegExp) => Promise<void>
}

/** It asks once more, and for the token, which a guess is not. */
async function killPayment({ run, page, press, token }: Scene): Promise<void> {
  const before = pidOf(run, 'payment')
  await page.getByRole('button', { name: 'payment', exact: true }).first().click()
  await page.getByText(`pid ${before}`).waitFor()
  await press('Kill payment')
  await press('Sure? What payment is doing is cut off. Press again to do it.')
  await page.getByLabel('Token').fill('a guess')
  await page.getByRole('dialog').getByRole('button', { name: 'Allow', exact: true }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Token').fill(token)
  await page.getByLabel('Token').press('Enter')
  await page.getByText('1 restart,').waitFor()
  expect(pidOf(run, 'payment')).not.toBe(before)
  await page.getByText(`pid ${pidOf(run, 'payment')}`).waitFor()
}

/** The processes that the page shows are those that run. */
async function scaleAndRestartPayment({ run, page, press }: Scene): Promise<void> {
  await press('Run 2 replicas of payment')
  await page.getByText('payment-2').first().waitFor()
  expect(pidOf(run, 'payment-2')).toBeGreaterThan(0)
  await press('Run 1 replica of payment')
  await page.getByRole('button', { name: 'Run 1 replica of payment' }).waitFor({ state: 'detached' })
  await expect.poll(() => pidOf(run, 'payment-2')).toBe(0)
  const killed = pidOf(run, 'payment')
  await press('Restart payment')
  await expect.poll(() => [0, killed].includes(pidOf(run, 'payment')), { timeout: 15_000 }).toBe(false)
  await page.getByText(`pid ${pidOf(run, 'payment')}`).waitFor()
}

/** A fault is on until it is stopped. */
async function freezePayment({ run, page, press, tab }: Scene): Promise<void> {
  await tab(/^Faults/)
  await press(/^Start: payment hangs/)
  await page.getByText(/^started .*, until it is stopped$/).waitFor()
  expect(stateOf(pidOf(run, 'payment'))).toBe('T')
  await press(/^Stop: payment hangs/)
  await page.getByText(/^started .*, until it is stopped$/).waitFor({ state: 'detached' })
  expect(stateOf(pidOf(run, 'payment'))).not.toBe('T')
}

/** What order asks of payment takes too long, until the breaker opens; whoever checks out does not feel it. Answers when that was. */
async function slowPayment({ run, page, press, tab }: Scene): Promise<number> {
  const [gateway] = run.status()
  const load = steadyLoad(`http://127.0.0.1:${gateway?.port}/`)
  const edge = (state: RegExp) => page.getByRole('button', { name: state }).first().waitFor()
  await edge(/^order calls payment: ok.*breaker closed/)
  await tab(/^Faults/)
  await page.locator('.fault-place select').selectOption('order>payment')
  const fault = page.locator('.fault').first()
  await fault.getByRole('spinbutton', { name: 'Delay, ms' }).fill('3000')
  await fault.getByRole('combobox', { name: 'For' }).selectOption('300000')
  await press('Start: calls of order to payment are slow')
  await edge(/^order calls payment: critical, breaker open/)
  // It has just opened, and stays so for longer than the page is behind.
  const openAt = Date.now()
  await page.screenshot({ path: pictureFile('story-slow-payment') })
  await page.getByText(/^has hit [1-9][\d,]* requests of order → payment$/).waitFor()
  const gatewayShown = await page.locator('[data-place="gateway"]').textContent()
  expect(Number(/([\d.]+)% errors/.exec(gatewayShown ?? '')?.[1])).toBeLessThan(1)
  await press('Stop: calls of order to payment are slow')
  await edge(/^order calls payment: (ok|warning).*breaker closed/)
  const { answered, failed } = await load.end()
  expect(failed / answered).toBeLessThan(0.01)
  return openAt
}

/** Asks twenty times a second, whether answers come or not. */
function steadyLoad(url: string): { end(): Promise<{ answered: number; failed: number }> } {
  const asked: Promise<boolean>[] = []
  const ask = async (): Promise<boolean> => {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    return response.ok
  }
  const timer = setInterval(() => asked.push(ask().catch(() => false)), 50)
  afterwards(() => Promise.resolve(clearInterval(timer)))
  return {
    end: async () => {
      clearInterval(timer)
      const all = await Promise.all(asked)
      return { answered: all.length, failed: all.filter((isWell) => !isWell).length }
    },
  }
}

/** The canary's share is the document's. */
async function changeCanary({ file, page, press, tab }: Scene): Promise<void> {
  await tab(/^Releases/)
  await page.getByRole('combobox').selectOption('25')
  await press('Set: send 25% of /tax to canary')
  await expect.poll(() => page.locator('.canary-shares').textContent()).toContain('canary 25%')
  await expect.poll(() => readFile(file, 'utf8')).toContain('split: { stable: 75, canary: 25 }')
}

/** What waits for a person is brought to its end. */
async function bringToItsEnd({ page, press, tab }: Scene): Promise<void> {
  await tab(/^Messages/)
  await press(/^Redrive order.placed/)
  await page.getByRole('button', { name: /^Redrive order.placed/ }).waitFor({ state: 'detached' })
  await tab(/^Sagas/)
  await press(/^purchase/)
  await press(`Retry now: the saga ${SAGA_ID}`)
  await page.getByText(`Done: saga ${SAGA_ID} is told to go on`).waitFor()
}

test('the page is led by keyboard alone, and axe finds nothing wrong with it, wide and narrow, light and dark', async () => {
  const file = await shopFolder(await documentText())
  const opened = await Console.open({ manifest: file, port: 0, stepMs: 200 })
  afterwards(() => opened.close())
  const page = await openPage(opened.url)
  await page.getByRole('button', { name: /^gateway calls order/ }).waitFor()

  await tabTo(page, /^gateway .*, unknown/)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toContain('select=')
  await tabTo(page, /^Traces/)
  await page.keyboard.press('ArrowLeft')
  await page.getByText('/tax').first().waitFor()
  expect(page.url()).toContain('tab=releases')

  const faults: string[] = []
  for (const [width, colorScheme, search] of [
    [1440, 'light', ''],
    [1440, 'dark', '?select=order&tab=events&calls=table'],
    [390, 'dark', '?select=order%3Epayment&tab=faults'],
    [390, 'light', '?tab=releases'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    await page.goto(opened.url + search)
    await page.getByRole('heading', { name: 'shop' }).waitFor()
    const isWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
    if (isWide) faults.push(`${width} ${search}: it is wider than the screen`)
    faults.push(
      ...(await accessibilityFaults(page)).map((fault) => `${width} ${colorScheme} ${search} ${fault}`),
    )
  }
  expect(faults).toEqual([])
}, 120_000)

/** `T` for a process that stands still. */
function stateOf(pid: number): string | undefined {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
}
