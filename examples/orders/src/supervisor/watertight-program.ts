import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The file that `npx watertight` runs. */
export function watertightProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('watertight/package.json')
  return join(dirname(manifest), 'bin', 'watertight.js')
}
