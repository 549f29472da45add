import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SCENARIO_FOLDER } from '../src/conformance.js'
import { bareDriver } from '../src/drivers/bare/bare-driver.js'
import { matrixPage } from '../src/report/matrix-page.js'
import { record, recordedResults } from '../src/run/recorded-results.js'
import type { ScenarioResult } from '../src/run/run-scenario.js'
import { readScenarios } from '../src/scenario/read-scenarios.js'

const [group] = readScenarios(SCENARIO_FOLDER)
const [first, second] = group!.scenarios

function passed(scenario: string): ScenarioResult {
  return { scenario, driver: 'bare', result: 'pass', reason: '', known: false }
}

it('keeps what was run where not every machine can run it, for as long as there is such a scenario', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  try {
    expect(recordedResults([first!], bareDriver, folder)).toEqual([])
    record(bareDriver, [passed(first!.name), passed('a-rule-of-old')], folder)
    expect(recordedResults([first!, second!], bareDriver, folder)).toEqual([passed(first!.name)])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('says of a scenario that came after the last run that it was not run', () => {
  const page = matrixPage([{ ...group!, scenarios: [first!, second!] }], [passed(first!.name)])
  expect(page).toMatch(new RegExp(`${first!.name}\`\\s+\\| pass`))
  expect(page).toMatch(new RegExp(`${second!.name}\`\\s+\\| not run`))
})
