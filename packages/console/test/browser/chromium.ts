import { accessSync, constants, mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect } from 'vitest'

/** What the tests use of Playwright, which is too large for everybody's install: `npm run engines` brings it. */
export interface Locator {
  click(): Promise<void>
  fill(text: string): Promise<void>
  press(key: string): Promise<void>
  waitFor(options?: { readonly state?: 'detached' | 'visible'; readonly timeout?: number }): Promise<void>
  selectOption(value: string): Promise<unknown>
  textContent(): Promise<string | null>
  getByRole(role: string, options?: { readonly name: string | RegExp; readonly exact?: boolean }): Locator
  getByText(text: string | RegExp): Locator
  first(): Locator
}

export interface Page extends Pick<Locator, 'getByRole' | 'getByText'> {
  readonly keyboard: { press(key: string): Promise<void>; type(text: string): Promise<void> }
  goto(url: string): Promise<unknown>
  url(): string
  getByLabel(text: string | RegExp): Locator
  locator(selector: string): Locator
  evaluate<Value = unknown>(script: string): Promise<Value>
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>
  emulateMedia(media: { readonly colorScheme: 'light' | 'dark' }): Promise<void>
  on(event: 'pageerror', listener: (error: Error) => void): void
  screenshot(options: { readonly path: string }): Promise<unknown>
  setDefaultTimeout(ms: number): void
}

export interface Browser {
  newPage(options?: object): Promise<Page>
  close(): Promise<void>
}

interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> }
}

/**
 * Where a picture of this run is kept: in `dist/pictures`, or the folder that `WATERTIGHT_PICTURES` names. Those of the documents are
 * in `images`: name that folder, and look at what has changed.
 */
export function pictureFile(name: string): string {
  const usual = fileURLToPath(new URL('../../dist/pictures', import.meta.url))
  const folder = resolve(process.env['WATERTIGHT_PICTURES'] ?? usual)
  mkdirSync(folder, { recursive: true })
  return join(folder, `${name}.png`)
}

/** Debian's Chromium; there is no other that could be downloaded. */
export async function startChromium(): Promise<Browser> {
  const { chromium } = (await import(
    pathToFileURL(join(modulesFolder(), 'playwright-core/index.mjs')).href
  )) as Playwright
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  return await chromium.launch({ executablePath: locate('chromium'), args })
}

/** What axe-core finds wrong with a page as it is now, by rule and place. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(join(modulesFolder(), 'axe-core/axe.min.js'), 'utf8'))
  return await page.evaluate<string[]>(
    `axe.run().then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`,
  )
}

/** Presses Tab until what it leads to has this name, as somebody without a mouse does. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab')
    const reached = await page.evaluate<string>(
      `(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`,
    )
    if (name.test(reached)) return
    passed.push(reached.slice(0, 40))
  }
  expect(passed).toContainEqual(expect.stringMatching(name))
}

/** The packages that `npm run engines` has put beside the program of this name. */
function modulesFolder(): string {
  return join(dirname(dirname(realpathSync(locate('playwright')))), 'playwright/node_modules')
}

function locate(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = folders.map((folder) => join(folder, program)).find(canStart)
  if (found !== undefined) return found
  throw new Error(`cannot test the page: ${program} is missing; run \`npm run engines\``)
}

function canStart(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
