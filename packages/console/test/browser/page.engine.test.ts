import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { startChromium } from './chromium.js'
import { FixtureConsole } from './fixture-console.js'

let browser: Browser
let fixture: FixtureConsole
let page: Page

beforeAll(async () => {
  browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
})

beforeEach(async () => {
  fixture = new FixtureConsole()
  await fixture.start()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
})

afterEach(async () => {
  await page.close()
  await fixture.stop()
})

it('the graph and its table show the same calls', async () => {
  await page.goto(fixture.url)
  await page.getByRole('button', { name: /^order calls payment: ok/ }).waitFor()
  await page.getByRole('button', { name: 'Table' }).click()
  const calls = await page
    .getByRole('region', { name: 'Calls as a table' })
    .getByRole('button')
    .allTextContents()
  expect(calls).toEqual([
    'gateway → order',
    'order → inventory',
    'order → payment',
    'order → loyalty',
    'order → tax',
    'shipping → inventory',
  ])
})
