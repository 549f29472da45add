import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The file that `npx watertight` runs. */
export function watertightProgram(): string {
  const path = createRequire(import.meta.url).resolve('watertight/package.json')
  const { bin } = JSON.parse(readFileSync(path, 'utf8')) as { readonly bin: { readonly watertight: string } }
  return join(dirname(path), bin.watertight)
}
