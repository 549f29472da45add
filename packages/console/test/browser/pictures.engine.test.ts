import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { afterwards } from '../shop.js'
import { pictureFile, startChromium } from './chromium.js'
import { scriptedOrders, scriptedPanel, scriptedSeries } from './scripted-orders.js'

const PAGE = fileURLToPath(new URL('../../dist/page', import.meta.url))
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript', css: 'text/css' }
/** Ten past eight in the morning of the time zone that the page is told. */
const AT = Date.parse('2026-11-28T08:10:00Z')

test('the pictures of the documents are taken of the page as it is', async () => {
  const browser = await startChromium()
  afterwards(() => browser.close())
  for (const [name, inTrouble, search, colorScheme, size] of [
    ['calm-light', false, '', 'light', [1_440, 900]],
    ['trouble-dark', true, '?select=order%3Epayment&tab=faults', 'dark', [1_440, 900]],
    ['calm-phone', false, '', 'light', [390, 844]],
    ['trouble-phone', true, '?select=payment', 'dark', [390, 844]],
  ] as const) {
    const url = await serveScript(inTrouble)
    const [width, height] = size
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, timezoneId: 'UTC' })
    await page.goto(url + search)
    await page.locator('[data-place="payment"]').waitFor()
    await page
      .getByText(inTrouble ? '2 critical' : 'All well')
      .first()
      .waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await page.screenshot({ path: pictureFile(name) })
  }
}, 60_000)

/** The built page, and one moment of a system behind it. */
async function serveScript(inTrouble: boolean): Promise<string> {
  const answers: Readonly<Record<string, unknown>> = {
    '/api/series': scriptedSeries(AT, inTrouble),
    '/api/services/order': scriptedPanel,
    '/api/services/payment': { ...scriptedPanel, name: 'payment', calls: [] },
  }
  const server = createServer(({ url = '/' }, response) => {
    const { pathname: path } = new URL(url, 'http://console')
    if (path === '/api/live') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`event: snapshot\nid: 1\ndata: ${JSON.stringify(scriptedOrders(AT, inTrouble))}\n\n`)
    } else if (path.startsWith('/api/')) response.end(JSON.stringify(answers[path] ?? {}))
    else {
      const name = path === '/' ? 'index.html' : path.slice(1)
      response.setHeader('content-type', TYPES[name.split('.').at(-1) ?? ''] ?? 'text/plain')
      readFile(join(PAGE, name)).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      )
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
