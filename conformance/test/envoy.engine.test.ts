import { expect, it } from 'vitest'
import { SCENARIO_FOLDER } from '../src/conformance.js'
import { envoyDriver } from '../src/drivers/envoy/envoy-driver.js'
import { recordedResults } from '../src/run/recorded-results.js'
import { runAll } from '../src/run/run-all.js'
import { readScenarios } from '../src/scenario/read-scenarios.js'

it('passes what its column of the matrix says, and fails what it says', async () => {
  const scenarios = readScenarios(SCENARIO_FOLDER).flatMap((group) => group.scenarios)
  const results = await runAll(scenarios, [envoyDriver])
  expect(results.filter(({ result, known }) => result === 'fail' && !known)).toEqual([])
  expect(results).toEqual(recordedResults(scenarios, envoyDriver))
}, 300_000)
