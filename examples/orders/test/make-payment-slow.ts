import { expect, onTestFinished } from 'vitest'
import { type Page, startChromium } from '../../../packages/console/test/browser/chromium.js'

/** For what a busy machine takes long for. Whatever is waited for stays, or comes again, while the fault is on. */
const LONG_MS = 60_000

export interface OpenedConsole {
  readonly url: string
  /** What changes have to be asked with. */
  readonly token: string
}

/** What somebody does with the console that `npm start` opens: sees the shop, makes payment slow, sees its breaker open, and ends that. */
export async function makePaymentSlow(opened: OpenedConsole, services: readonly string[]): Promise<void> {
  const page = await openPage(opened.url)
  for (const name of services) await page.getByRole('button', { name, exact: true }).first().waitFor()
  const payment = (how: string) =>
    page.getByRole('button', { name: new RegExp(`^order calls payment: ${how}`) }).first()
  await payment('.*breaker closed').waitFor()
  // Green, once the first requests, which find everything cold, are no longer what it is judged by.
  await page
    .getByText(`All well: ${services.length} services, none in trouble`)
    .first()
    .waitFor({ timeout: 2 * LONG_MS })

  await page.getByRole('tab', { name: /^Faults/ }).click()
  await page.locator('.fault-place select').selectOption('order>payment')
  const fault = page.locator('.fault').first()
  await fault.getByRole('spinbutton', { name: 'Delay, ms' }).fill('3000')
  await fault.getByRole('combobox', { name: 'For' }).selectOption('300000')
  const button = (name: string) => page.getByRole('button', { name }).first()
  await button('Start: calls of order to payment are slow').click()
  await page.getByLabel('Token').fill(opened.token)
  await page.getByLabel('Token').press('Enter')
  // It is open for three seconds at a time, again and again.
  await payment('critical, breaker open').waitFor()
  await page.getByText(/^has hit [1-9][\d,]* requests of order → payment$/).waitFor()

  await button('Stop: calls of order to payment are slow').click()
  await payment('.*breaker closed').waitFor()
  await button('Start: calls of order to payment are slow').waitFor()
}

/** A page on which no script may fail. */
async function openPage(url: string): Promise<Page> {
  const browser = await startChromium()
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(LONG_MS)
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  onTestFinished(() => expect(errors).toEqual([]))
  await page.goto(url)
  return page
}
