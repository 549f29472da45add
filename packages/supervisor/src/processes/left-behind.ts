import { readdirSync, readFileSync } from 'node:fs'

/** In the environment of every process of a run, and so of all that it starts: what tells them from others. */
export const MARK = 'WATERTIGHT_PROCESS'

/**
 * The processes that bear this mark. What has left its group, as `setsid` and daemons do, hears nothing of a signal to the
 * group, and would hold its port in the next run. Only Linux tells the environment of a process; elsewhere there are none.
 */
export function leftBehind(mark: string): number[] {
  const marked = `${MARK}=${mark}`
  return processIds().filter((id) => environmentOf(id).split('\0').includes(marked))
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

/** Empty when it has ended, or belongs to somebody else. */
function environmentOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8')
  } catch {
    return ''
  }
}
