import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 50
const LIMIT_MS = 10_000
const ANSWER_MS = 2_000

/**
 * Resolves once the gateway counts every endpoint as well. It asks them how they are, and until it has heard, it turns
 * requests away: whoever was told that all is ready would be the first to see that. After ten seconds it is left at that.
 */
export async function gatewayReaches(adminPort: number): Promise<void> {
  const giveUpAt = performance.now() + LIMIT_MS
  while (performance.now() < giveUpAt) {
    const clusters = await fetch(`http://127.0.0.1:${adminPort}/clusters`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    }).then(
      (answer) => answer.text(),
      () => undefined,
    )
    if (clusters !== undefined && !/::healthy::false$/m.test(clusters)) return
    await sleep(LOOK_MS)
  }
}
