import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** Starts Debian's Chromium; there is no other that could be downloaded. Without one, tests fail and say what to do. */
export async function startChromium(): Promise<Browser> {
  const path = (process.env['PATH'] ?? '').split(delimiter)
  const executablePath = path.map((folder) => join(folder, 'chromium')).find(canStart)
  if (executablePath === undefined)
    throw new Error('cannot test the page: chromium is missing; run `npm run engines`')
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
}

function canStart(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
