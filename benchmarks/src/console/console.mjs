// `npm run bench -- console`: how large the page of the console is, when it is first seen, and how smoothly it draws 100
// services and 300 calls that change ten times a second, in the Chromium that `npm run engines` brings.
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { report } from '../runner/print.mjs'
import { servePage } from './serve-page.mjs'
import { consoleTargets } from './targets.mjs'

const LOADS = 5
const { json, check, seconds } = JSON.parse(process.argv[2])
const folder = fileURLToPath(new URL('../../../packages/console/dist/page', import.meta.url))
const engines = process.env.WATERTIGHT_ENGINES || join(homedir(), '.cache/watertight/engines')

const playwright = join(engines, 'playwright/node_modules/playwright-core/index.mjs')
const { chromium } = await import(pathToFileURL(playwright).href).catch(() => {
  throw new Error('cannot run benchmark: playwright is missing; run `npm run engines`')
})
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
})
const served = await servePage(folder)

/** When something is seen first, and when the whole graph is. */
async function firstSeen() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(served.url)
  await page.locator('[data-place="service-99"]').waitFor()
  const drawnMs = await page.evaluate('performance.now()')
  const paintMs = await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`)
  await page.close()
  return { paintMs, drawnMs }
}

/** Frames that the browser drew in each second, and the longest that one took. */
async function framesDrawn() {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(served.url)
  await page.locator('[data-place="service-99"]').waitFor()
  const drawn = await page.evaluate(`new Promise((resolve) => {
    const frames = []
    const next = (at) => {
      frames.push(at)
      if (at - frames[0] < ${seconds * 1_000}) requestAnimationFrame(next)
      else resolve(frames)
    }
    requestAnimationFrame(next)
  })`)
  await page.close()
  const gaps = drawn.slice(1).map((at, index) => at - drawn[index])
  return { framesPerSecond: (gaps.length * 1_000) / (drawn.at(-1) - drawn[0]), longestMs: Math.max(...gaps) }
}

const seen = []
for (let load = 0; load < LOADS; load += 1) seen.push(await firstSeen())
const { framesPerSecond, longestMs } = await framesDrawn()
await browser.close()
served.close()

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]
const files = readdirSync(folder).filter((name) => name !== 'licences.txt')
const bytes = files.reduce(
  (sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length,
  0,
)
const rows = [
  { case: 'page, gzipped', bytes },
  { case: 'first paint', ms: Math.round(median(seen.map(({ paintMs }) => paintMs))) },
  { case: '100 services and 300 calls drawn', ms: Math.round(median(seen.map(({ drawnMs }) => drawnMs))) },
  { case: '10 updates a second', framesPerSecond: Math.round(framesPerSecond * 10) / 10 },
  { case: 'longest frame at 10 updates a second', ms: Math.round(longestMs) },
]
const cells = (row) => [
  row.case,
  ...['bytes', 'ms', 'framesPerSecond'].map((unit) => String(row[unit] ?? '')),
]
report(rows, consoleTargets(rows), { heading: ['case', 'bytes', 'ms', 'frames/s'], cells }, { json, check })
