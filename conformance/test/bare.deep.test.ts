import { expect, it } from 'vitest'
import { SCENARIO_FOLDER } from '../src/conformance.js'
import { bareDriver } from '../src/drivers/bare/bare-driver.js'
import { runAll } from '../src/run/run-all.js'
import type { ScenarioResult } from '../src/run/run-scenario.js'
import { readScenarios } from '../src/scenario/read-scenarios.js'
import type { Scenario } from '../src/scenario/scenario-schema.js'

const scenarios = readScenarios(SCENARIO_FOLDER).flatMap((group) => group.scenarios)

function strangeness({ scenario, result, reason }: ScenarioResult): string {
  return result === 'pass'
    ? `${scenario} passes without a policy`
    : `${scenario} fails without one: ${reason}`
}

// A driver without policies cannot do what a policy asks for: a scenario that it always passes would prove nothing.
it('fails every scenario about a policy without one, and passes those that need none', async () => {
  // What must pass has its time; what must fail may wait in vain for something that never happens.
  const hurried = scenarios.map((scenario) => ({
    ...scenario,
    within: scenario.plain ? scenario.within : 5_000,
    alone: false,
  }))
  let strange = hurried
  let reasons: readonly string[] = []
  // A machine that is busy elsewhere makes a pause of its own, for which a policy may have been asked.
  for (let run = 0; run < 3 && strange.length > 0; run++) {
    const results = await runAll(strange, [bareDriver], { atOnce: 40, repeats: 0 })
    const isStrange = ({ plain }: Scenario, index: number): boolean =>
      results[index]!.result === (plain ? 'fail' : 'pass')
    reasons = results.filter((_, index) => isStrange(strange[index]!, index)).map(strangeness)
    strange = strange.filter(isStrange)
  }
  expect(reasons).toEqual([])
}, 120_000)
