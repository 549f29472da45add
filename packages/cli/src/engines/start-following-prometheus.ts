import { type RunningEngine, startPrometheus } from '@watertight/deploy'
import type { EnginePlace } from './engine-place.js'
import { WatchedRun } from './watched-run.js'

const LOOK_MS = 2_000

/** A Prometheus that asks the programs of a run as they come and go, by the rules of its document as that changes. */
export async function startFollowingPrometheus(place: EnginePlace): Promise<RunningEngine> {
  const engine = await startPrometheus(place)
  const { run: folder, onLine } = place
  if (folder === undefined) return engine
  const run = new WatchedRun(folder, onLine)
  const look = async (): Promise<void> => {
    const { targets, rules } = await run.look()
    if (targets !== undefined) await engine.watch(targets)
    if (rules !== undefined) await engine.evaluate(rules)
  }
  let timer: NodeJS.Timeout | undefined
  const follow = async (): Promise<void> => {
    await look().catch((error: unknown) => onLine(`cannot follow the run: ${(error as Error).message}`))
    if (!engine.hasEnded) timer = setTimeout(() => void follow(), LOOK_MS)
  }
  void follow()
  void engine.ended.then(() => clearTimeout(timer))
  return engine
}
