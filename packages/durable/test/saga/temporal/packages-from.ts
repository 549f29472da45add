import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where `npm run engines` has put Temporal's packages, which are too large for everybody's install. */
const named = process.env['WATERTIGHT_ENGINES'] ?? ''
export const packagesFrom: string = join(
  named === '' ? join(homedir(), '.cache/watertight/engines') : named,
  'temporal-sdk',
)
