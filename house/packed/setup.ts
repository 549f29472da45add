import type { ProvidedContext } from 'vitest'
import type { TestProject } from 'vitest/node'
import { createPackedProject } from './packed-project.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the packed packages are installed, and beside them what is too large for the workspace. */
    readonly packedFolder: string
  }
}

/** One packed project for all packed tests of a run: to install it takes most of a minute. */
export function setup(project: TestProject): () => void {
  const packed = createPackedProject()
  project.provide('packedFolder' satisfies keyof ProvidedContext, packed.folder)
  return () => packed.remove()
}
