import { readdir, readFile } from 'node:fs/promises'

/** Linux counts processor time in hundredths of a second, on every platform that Node runs on. */
const TICK_MS = 10

/**
 * The processor time that each group of processes has used, in milliseconds, by the id of the group. Undefined on a system that
 * does not tell it.
 */
export async function groupCpuMs(): Promise<ReadonlyMap<number, number> | undefined> {
  const entries = await readdir('/proc').catch(() => undefined)
  if (entries === undefined) return undefined
  const used = new Map<number, number>()
  await Promise.all(
    entries
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => {
        const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
        // The name of the program stands in brackets, and may hold anything.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const group = Number(fields[2])
        const ticks = Number(fields[11]) + Number(fields[12])
        if (Number.isFinite(ticks)) used.set(group, (used.get(group) ?? 0) + ticks * TICK_MS)
      }),
  )
  return used
}
