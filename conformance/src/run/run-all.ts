import type { Driver } from '../drivers/driver.js'
import type { Scenario } from '../scenario/scenario-schema.js'
import { runScenario, type ScenarioResult } from './run-scenario.js'
import { StallWatch } from './stall-watch.js'

export interface RunOptions {
  /** Scenarios at one time over each driver. They mostly wait, so that several share a processor. Default 8. */
  readonly atOnce?: number
  /** How often a failure is looked at again that happened while the process stood still. Default 3. */
  readonly repeats?: number
}

/** So late a timer may be before times mean nothing: half of the shortest difference that a scenario looks at. */
const STALL_MS = 25
/** Scenarios at one time over each driver of those that measure what others would disturb. */
const MEASURING_AT_ONCE = 4

/**
 * Runs scenarios over drivers, which all work at one time: several scenarios over each, then those that measure what
 * others would disturb. Results come by driver, in the order of the scenarios.
 *
 * A failure counts when the process had its processor all the while, and, of those that measure, when nothing else ran.
 * Otherwise the scenario has another run, at the end, when all is quiet: a limit of 100 ms says nothing about a driver that
 * was not let run for as long. So those that measure may share the time, too, of which they wait through nearly all.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  drivers: readonly Driver[],
  { atOnce = 8, repeats = 3 }: RunOptions = {},
): Promise<readonly ScenarioResult[]> {
  using watch = new StallWatch(STALL_MS)
  const runs = drivers.map((driver) => new DriverRun(driver, watch))
  const ordinary = scenarios.filter(({ alone }) => !alone)
  const measuring = scenarios.filter(({ alone }) => alone)
  await Promise.all(runs.map((run) => run.takeTogether(ordinary, atOnce)))
  await Promise.all(runs.map((run) => run.takeTogether(measuring, Math.min(atOnce, MEASURING_AT_ONCE))))
  for (let again = 0; again < repeats; again++) {
    for (const run of runs) await run.repeat()
  }
  return runs.flatMap(({ results }) => scenarios.map((scenario) => results.get(scenario)!))
}

class DriverRun {
  readonly results: Map<Scenario, ScenarioResult> = new Map()
  readonly #driver: Driver
  readonly #watch: StallWatch
  /** Those that have failed, perhaps only for want of a processor, or of quiet. */
  #doubtful: readonly Scenario[] = []

  constructor(driver: Driver, watch: StallWatch) {
    this.#driver = driver
    this.#watch = watch
  }

  async takeTogether(scenarios: readonly Scenario[], atOnce: number): Promise<void> {
    const queue = scenarios.values()
    const work = async (): Promise<void> => {
      for (let next = queue.next(); next.done !== true; next = queue.next()) {
        await this.#take(next.value, next.value.alone)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }

  /** The doubtful ones once more, one after the other. */
  async repeat(): Promise<void> {
    const scenarios = this.#doubtful
    this.#doubtful = []
    for (const scenario of scenarios) await this.#take(scenario, false)
  }

  async #take(scenario: Scenario, isDisturbed: boolean): Promise<void> {
    const startedAt = performance.now()
    const result = await runScenario(scenario, this.#driver)
    this.results.set(scenario, result)
    const isFault = result.result === 'fail' && !result.known
    if (isFault && (isDisturbed || this.#watch.stalledSince(startedAt)))
      this.#doubtful = [...this.#doubtful, scenario]
  }
}
