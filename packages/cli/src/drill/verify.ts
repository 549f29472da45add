import { setTimeout as sleep } from 'node:timers/promises'
import type { DrillRecord } from './drill-record.js'
import { runShell, type ShellPlace } from './run-shell.js'

const VERIFY_MS = 60_000

/** Has the document's command count what was lost: its last line of standard output is the number. */
export async function verify(
  command: string,
  place: ShellPlace,
): Promise<NonNullable<DrillRecord['verified']>> {
  const counting = runShell(command, place)
  const late = `no end within ${VERIFY_MS / 1_000} s`
  const how = await Promise.race([counting.ended, sleep(VERIFY_MS, late, { ref: false })])
  if (!counting.hasEnded) await counting.stop()
  const said = counting.lastLine
  if (how !== undefined) return { lost: null, said: how }
  return /^\d+$/.test(said)
    ? { lost: Number(said), said }
    : { lost: null, said: `its last line is "${said}"` }
}
