import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { MATRIX_FILE, SCENARIO_FOLDER } from '../src/conformance.js'
import { clientDriver } from '../src/drivers/client/client-driver.js'
import type { Driver } from '../src/drivers/driver.js'
import { drivers } from '../src/drivers/drivers.js'
import { matrixPage } from '../src/report/matrix-page.js'
import { recordedResults } from '../src/run/recorded-results.js'
import { runAll } from '../src/run/run-all.js'
import type { ScenarioResult } from '../src/run/run-scenario.js'
import { features, missingFeature } from '../src/scenario/features.js'
import { readScenarios } from '../src/scenario/read-scenarios.js'
import type { Scenario } from '../src/scenario/scenario-schema.js'

const groups = readScenarios(SCENARIO_FOLDER)
const scenarios = groups.flatMap((group) => group.scenarios)
const results: ScenarioResult[] = []

beforeAll(async () => {
  results.push(...(await runAll(scenarios, [clientDriver])))
  for (const driver of drivers.filter(({ engine }) => engine !== undefined))
    results.push(...recordedResults(scenarios, driver))
})

describe.each(groups)('$name', ({ scenarios: own }) => {
  it.each(own)('$says ($name)', ({ name }) => {
    const unexpected = results.filter(
      ({ scenario, result, known }) => scenario === name && result === 'fail' && !known,
    )
    expect(unexpected).toEqual([])
    expect(results.some(({ scenario }) => scenario === name)).toBe(true)
  })
})

it('has what this run gave of the client in the matrix', () => {
  // After a meant change, `npm run conformance -- --write` writes it; `npm run conformance` holds the other columns, too.
  const own = results.filter(({ driver }) => driver === clientDriver.name)
  const page = cellsOf(readFileSync(MATRIX_FILE, 'utf8'))
  const rows = cellsOf(matrixPage(groups, own))
  expect(rows.length).toBeGreaterThan(scenarios.length)
  // The client's is the first column, and what is not a pass of it has rows of its own.
  const missing = rows.filter(
    (row) => !page.some((line) => row.every((cell, column) => cell === line[column])),
  )
  expect(missing).toEqual([])
})

/** The lines of a page; of each row of a table the cells. */
function cellsOf(page: string): string[][] {
  const lines = page.split('\n').filter((line) => !line.startsWith('| --'))
  return lines.map((line) =>
    (line.startsWith('|') ? line.slice(2, -2).split('|') : [line]).map((cell) => cell.trim()),
  )
}

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

// `npm run conformance` runs the program itself where it is, as CI does, and fails where it does anything else.
describe.each(drivers.filter(({ engine }) => engine !== undefined))('the record of $name', (driver) => {
  it('has of every scenario what the lists of its driver say', () => {
    expect(recordedResults(scenarios, driver)).toEqual(scenarios.map((scenario) => listed(scenario, driver)))
  })
})

function listed(scenario: Scenario, { name, lacks, differs }: Driver): ScenarioResult {
  const about = { scenario: scenario.name, driver: name }
  const missing = missingFeature(scenario, lacks)
  if (missing !== undefined)
    return { ...about, result: 'not-expressible', reason: missing.reason, known: false }
  const difference = differs[scenario.name]
  return difference === undefined
    ? { ...about, result: 'pass', reason: '', known: false }
    : { ...about, result: 'fail', reason: difference, known: true }
}

it('says that the document has no word only where it has none', async () => {
  const words = Object.entries(clientDriver.lacks).filter(([, reason]) =>
    reason.startsWith('the document has no word'),
  )
  for (const [word] of words) {
    const scenario = scenarios.find((one) => missingFeature(one, { [word]: '' }) !== undefined)!
    const endpoints = [{ name: 'a', origin: 'http://127.0.0.1:1' }]
    const refusal = await clientDriver.start({ ...scenario, endpoints, authority: undefined }).catch(String)
    expect([word, refusal]).toEqual([word, expect.stringContaining('is not known')])
  }
})
