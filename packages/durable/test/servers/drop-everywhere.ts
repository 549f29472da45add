import { type Cut, startConnectionCutter } from './connection-cutter.js'

/** As many lives at once, each by a cutter of its own: most of what a life takes is waiting. */
const LANES = 4

export interface Dropping {
  readonly when: Cut['when']
  /**
   * Lives through it all on the database behind `url`, under a name that no other life has; resolves to what is wrong in
   * the end.
   */
  readonly live: (url: string, name: string) => Promise<readonly string[]>
  /** The first statement at which a connection is lost. Default 1. */
  readonly first?: number
  /** Default 1: at every one. */
  readonly oneIn?: number
}

/**
 * Lives again and again, one connection lost at each statement in turn, or at one in so many from the first on, until a life
 * has come to its end before it. Resolves to how many connections were lost, and what was wrong after one of them.
 */
export async function dropEverywhere(
  serverUrl: string,
  { when, live, first = 1, oneIn = 1 }: Dropping,
): Promise<{ readonly lost: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = []
  let lost = 0
  let next = first
  let isAtEnd = false
  const lane = async (): Promise<void> => {
    const cutter = await startConnectionCutter(serverUrl)
    try {
      while (!isAtEnd) {
        const at = next
        next += oneIn
        cutter.cutNext({ at, when })
        wrong.push(...(await live(cutter.url, `${when}-${at}`)))
        if (cutter.statements < at) isAtEnd = true
        else lost += 1
      }
    } finally {
      await cutter.close()
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return { lost, wrong }
}
