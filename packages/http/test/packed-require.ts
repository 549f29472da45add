import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the packed packages are installed, and beside them what is too large for the workspace. */
    readonly packedFolder: string | undefined
  }
}

/** Loads what is installed for the packed tests alone. Its types are not here: say what you use of it. */
export const packedRequire: NodeJS.Require = createRequire(join(inject('packedFolder') ?? '', 'package.json'))
