import { join } from 'node:path'
import { root } from './sources.js'

/** In tests `fast-check` is the one of the house, which draws from the seed of the run. */
export const testAlias: Readonly<Record<string, string>> = {
  'fast-check': join(root, 'house', 'seeded-properties.ts'),
}
