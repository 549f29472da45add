import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { MATRIX_FILE, SCENARIO_FOLDER } from '../src/conformance.js'
import { clientDriver } from '../src/drivers/client/client-driver.js'
import { drivers } from '../src/drivers/drivers.js'
import { matrixPage } from '../src/report/matrix-page.js'
import { runAll } from '../src/run/run-all.js'
import type { ScenarioResult } from '../src/run/run-scenario.js'
import { features } from '../src/scenario/features.js'
import { readScenarios } from '../src/scenario/read-scenarios.js'

const groups = readScenarios(SCENARIO_FOLDER)
const scenarios = groups.flatMap((group) => group.scenarios)
const results: ScenarioResult[] = []

beforeAll(async () => {
  for (const driver of drivers) results.push(...(await runAll(scenarios, driver)))
}, 120_000)

describe.each(groups)('$name', ({ scenarios: own }) => {
  it.each(own)('$says ($name)', ({ name }) => {
    const unexpected = results.filter(
      ({ scenario, result, known }) => scenario === name && result === 'fail' && !known,
    )
    expect(unexpected).toEqual([])
    expect(results.some(({ scenario }) => scenario === name)).toBe(true)
  })
})

it('has the matrix that the last run gave', () => {
  // After a meant change, `npm run conformance -- --write` writes it.
  expect(readFileSync(MATRIX_FILE, 'utf8')).toBe(matrixPage(groups, results))
})

describe.each(drivers)('driver $name', ({ lacks, differs }) => {
  it('lists no difference and no lack that no scenario would show', () => {
    const used = scenarios.flatMap((scenario) => features(scenario))
    const idle = Object.keys(lacks).filter(
      (lack) => !used.some((feature) => feature === lack || feature.startsWith(`${lack}.`)),
    )
    const gone = Object.keys(differs).filter((name) => !scenarios.some((scenario) => scenario.name === name))
    expect([...idle, ...gone]).toEqual([])
  })
})

it('lacks no word that the document has', async () => {
  const lacked = scenarios.filter((scenario) =>
    features(scenario).some((feature) =>
      Object.keys(clientDriver.lacks).some(
        (lack) => lack.startsWith('policy.') && (feature === lack || feature.startsWith(`${lack}.`)),
      ),
    ),
  )
  for (const { name, policy, operations, fallback, routes, protocol } of lacked) {
    const endpoints = [{ name: 'a', origin: 'http://127.0.0.1:1' }]
    const setup = { policy, operations, fallback, routes, protocol, endpoints, authority: undefined }
    const refusal = await clientDriver.start(setup).catch(String)
    expect([name, refusal]).toEqual([name, expect.stringContaining('is not known')])
  }
})
