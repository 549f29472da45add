import { enginesWithPages } from '@watertight/deploy'
import type { ProgramStatus } from '@watertight/supervisor'

/** The engines of a run that have a page for people, and where each is. */
export function enginePages(programs: readonly ProgramStatus[]): [name: string, url: string][] {
  return programs
    .filter(({ kind, name }) => kind === 'engine' && enginesWithPages.has(name))
    .map(({ name, port }) => [name, `http://127.0.0.1:${port}`])
}
