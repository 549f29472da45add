import { EXIT_DATA_FOLDER, EXIT_FAILED } from '../command-line/exit.js'
import { diskTrouble } from '../data-folder/disk-trouble.js'
import { sayLastWords } from '../system/last-words.js'
import type { Log } from '../telemetry/observation.js'

/**
 * Ends this process because of an error that it cannot go on with, and says why in one sentence; the log has the rest.
 * All that a service keeps is safe against an end at any moment, and its restart begins with what is true.
 */
export function endBecauseOf(error: unknown, dataFolder: string, log?: Log): never {
  log?.fatal({ err: error }, 'the process ends')
  const trouble = diskTrouble(error)
  if (trouble !== undefined) {
    sayLastWords(`cannot write to ${dataFolder}: ${trouble}`)
    process.exit(EXIT_DATA_FOLDER)
  }
  sayLastWords(error instanceof Error ? error.message : String(error))
  process.exit(EXIT_FAILED)
}
