import { readFileSync } from 'node:fs'
import { packageFolder } from './package-folder.js'

/** The version of this package. */
export function version(): string {
  const text = readFileSync(new URL('package.json', packageFolder), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
