import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '../../program/package-folder.js'
import type { KeptRecord } from '../drill-folder.js'
import type { RunningDrill } from './drill-schedule.js'

/** The run that a drill disturbs. */
export interface DrilledRun {
  readonly file: string
  readonly folder: string
  /** The profiles that it was started with, divided by commas. */
  readonly profile: string | undefined
}

/** What a command says as JSON when it has failed. */
interface Failure {
  readonly error?: { readonly message: string }
}

/**
 * Runs a drill in a process of its own, as a person would by hand: whatever goes wrong in it cannot take the system down, and its
 * fault ends when it is told to stop.
 */
export function startDrill(
  drill: string,
  { file, folder, profile }: DrilledRun,
  say: (text: string) => void,
): RunningDrill {
  const program = fileURLToPath(new URL('bin/watertight.cjs', packageFolder))
  const place = ['-f', file, '--folder', folder, ...(profile === undefined ? [] : ['--profile', profile])]
  const words = ['drill', drill, ...place, '--scheduled', '--json']
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let last = ''
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line
    say(line)
  })
  const at = Date.now()
  const refused = (why: string): KeptRecord => {
    return { schemaVersion: 1, kind: 'refused', ok: false, drill, scheduled: true, at, why }
  }
  const ended = (async () => {
    try {
      const [said] = await Promise.all([text(child.stdout), once(child, 'close')])
      const outcome = JSON.parse(said || '{}') as Partial<KeptRecord> & Failure
      return outcome.kind === 'drill' ? (outcome as KeptRecord) : refused(outcome.error?.message ?? last)
    } catch (error) {
      return refused((error as Error).message)
    }
  })()
  return {
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
