import { expect, it } from 'vitest'
import { SCENARIO_FOLDER } from '../../src/conformance.js'
import { envoyDriverBy } from '../../src/drivers/envoy/envoy-driver.js'
import { runAll } from '../../src/run/run-all.js'
import { readScenarios } from '../../src/scenario/read-scenarios.js'
import { pilotConfiguration } from './pilot-configuration.js'

const scenarios = readScenarios(SCENARIO_FOLDER)
  .flatMap((group) => group.scenarios)
  .filter(({ istio }) => istio !== undefined)

/** Where a mesh does not do what a scenario says, although its documentation does. */
const differs = {
  'istio-ejects-for-longer-each-time':
    'Envoy tells its workers of a second change within a second only when that is over, and Istio leaves it so',
}

it('Envoy does with what Istio would send it what the scenarios say of objects of Istio', async () => {
  const results = await runAll(scenarios, [envoyDriverBy('pilot', pilotConfiguration, differs)])
  expect(scenarios.length).toBeGreaterThan(15)
  const others = results.filter(({ result, known }) => result !== 'pass' && !known)
  expect(others).toEqual([])
}, 120_000)
