import type { Driver } from '../drivers/driver.js'
import type { Scenario } from '../scenario/scenario-schema.js'
import { runScenario, type ScenarioResult } from './run-scenario.js'
import { StallWatch } from './stall-watch.js'

export interface RunOptions {
  /** Scenarios at one time. They mostly wait, so that several share a processor. Default 8. */
  readonly atOnce?: number
  /** How often a failure is looked at again that happened while the process stood still. Default 3. */
  readonly repeats?: number
}

/** So late a timer may be before times mean nothing: half of the shortest difference that a scenario looks at. */
const STALL_MS = 25

/**
 * Runs scenarios over a driver: several at a time, then those alone that measure what others would disturb. Results come
 * in the order of the scenarios.
 *
 * A failure counts when the process had its processor all the while. Otherwise the scenario has another run: a limit of
 * 100 ms says nothing about a driver that was not let run for as long.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  driver: Driver,
  { atOnce = 8, repeats = 3 }: RunOptions = {},
): Promise<readonly ScenarioResult[]> {
  using watch = new StallWatch(STALL_MS)
  const results = new Map<Scenario, ScenarioResult>()
  const runCalmly = async (scenario: Scenario): Promise<ScenarioResult> => {
    for (let run = 0; ; run++) {
      const startedAt = performance.now()
      const result = await runScenario(scenario, driver)
      const counts = result.result !== 'fail' || result.known || !watch.stalledSince(startedAt)
      if (counts || run >= repeats) return result
    }
  }
  const take = async (queue: Iterator<Scenario>): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      results.set(next.value, await runCalmly(next.value))
    }
  }
  const shared = scenarios.filter(({ alone }) => !alone).values()
  await Promise.all(Array.from({ length: atOnce }, () => take(shared)))
  await take(scenarios.filter(({ alone }) => alone).values())
  return scenarios.map((scenario) => results.get(scenario)!)
}
