import { atEach, type Sample, type Struck } from './at-each.js'
import { type Cut, startConnectionCutter } from './connection-cutter.js'

export interface Dropping extends Sample {
  readonly when: Cut['when']
  /**
   * Lives through it all on the database behind `url`, under a name that no other life has; resolves to what is wrong in
   * the end.
   */
  readonly live: (url: string, name: string) => Promise<readonly string[]>
}

/** Lives again and again, one connection lost at each statement in turn, or at one in so many. */
export async function dropEverywhere(
  serverUrl: string,
  { when, live, ...sample }: Dropping,
): Promise<Struck> {
  return await atEach(async (at) => {
    const cutter = await startConnectionCutter(serverUrl)
    try {
      cutter.cutNext({ at, when })
      const wrong = await live(cutter.url, `${when}-${at}`)
      return { isStruck: cutter.statements >= at, wrong }
    } finally {
      await cutter.close()
    }
  }, sample)
}
