import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Driver } from './drivers/driver.js'
import { humanTable } from './report/human-table.js'
import { matrixPage } from './report/matrix-page.js'
import { record, recordedResults } from './run/recorded-results.js'
import { runAll } from './run/run-all.js'
import type { ScenarioResult } from './run/run-scenario.js'
import type { Scenario } from './scenario/scenario-schema.js'
import { readScenarios, type ScenarioGroup } from './scenario/read-scenarios.js'

export const SCENARIO_FOLDER: string = fileURLToPath(new URL('../scenarios', import.meta.url))
export const MATRIX_FILE: string = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url))

/** What the command is asked for. */
interface Wish {
  readonly json: boolean
  readonly write: boolean
  readonly names: readonly string[]
  readonly drivers: readonly Driver[]
  /** Those that are run for the page; of the others, what was recorded stands. */
  readonly records: readonly Driver[]
  /** Whether the page must have what is seen: the whole table over all drivers, and nothing else to print than a table. */
  readonly checksPage: boolean
}

function help(drivers: readonly Driver[]): string {
  return `Usage: npm run conformance -- [options]

Runs the table of scenarios over the drivers of a policy and tells where they differ from it.

  --driver NAME  only this driver (${namesOf(drivers)}); may be given again.
                 bare has no policies: what passes with it proves nothing of one
  --only NAME    only this scenario, or this group; may be given again
  --json         one line a scenario: {"scenario","driver","result","reason"}
  --write        writes the matrix to docs/conformance.md; what an engine such as envoy
                 does is run and recorded anew with --driver, and else as it was
  --help         this text

The exit code is 1 when a scenario fails that its driver does not list as a known
difference, or when the whole table gave another matrix than docs/conformance.md
has, and 2 for a wrong option.

Examples:
  npm run conformance
  npm run conformance -- --only breaker --only drain-finishes-what-is-in-flight
  npm run --silent conformance -- --driver client --json`
}

/** Runs the command over these drivers, hands each line of its output on, and answers its exit code. */
export async function conformance(
  args: readonly string[],
  drivers: readonly Driver[],
  print: (line: string) => void,
): Promise<number> {
  let wish: Wish | undefined
  let groups: readonly ScenarioGroup[]
  try {
    wish = wishOf(args, drivers)
    groups = chosen(readScenarios(SCENARIO_FOLDER), wish?.names ?? [])
  } catch (error) {
    print(`cannot run conformance: ${(error as Error).message}`)
    return 2
  }
  if (wish === undefined) {
    print(help(drivers))
    return 0
  }
  const scenarios = groups.flatMap((group) => group.scenarios)
  const recorded = wish.write ? wish.drivers.filter((driver) => !wish.records.includes(driver)) : []
  const wanted = wish.drivers.filter((driver) => !recorded.includes(driver))
  for (const { name, engine } of wanted) {
    const missing = engine?.missing()
    if (missing !== undefined && !wish.json) print(`${name} is not run: ${missing}`)
  }
  const present = wanted.filter(({ engine }) => engine?.missing() === undefined)
  const results = [
    ...(await runAll(scenarios, present)),
    ...recorded.flatMap((driver) => recordedResults(scenarios, driver)),
  ]
  if (wish.json) for (const result of results) print(jsonLine(result))
  else print(humanTable(groups, results))
  if (wish.write) {
    for (const driver of wish.records)
      if (driver.engine !== undefined) record(driver, resultsOf(driver, results))
    print(writePage(pageOf(groups, scenarios, results, wish.drivers)))
  }
  if (results.some(({ result, known }) => result === 'fail' && !known)) return 1
  if (!wish.checksPage || isPage(pageOf(groups, scenarios, results, wish.drivers))) return 0
  print('docs/conformance.md has another matrix: npm run conformance -- --write writes this one')
  return 1
}

/** Undefined when only help is wanted. */
function wishOf(args: readonly string[], drivers: readonly Driver[]): Wish | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      driver: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const { driver: driverNames, only: names, json, write } = values
  const unknown = driverNames.find((name) => !drivers.some((driver) => driver.name === name))
  if (unknown !== undefined) throw new Error(`--driver must be one of ${namesOf(drivers)}, got ${unknown}`)
  if (write && names.length > 0) throw new Error('--write must have the whole table, got --only')
  const asked = chosenDrivers(drivers, driverNames)
  const columns = chosenDrivers(drivers, [])
  // An engine is run for the page only when it is asked for: its record is no by-product of other work.
  const records = columns.filter((driver) => driver.engine === undefined || driverNames.includes(driver.name))
  const checksPage = !json && !write && names.length === 0 && driverNames.length === 0
  return { json, write, names, drivers: write ? columns : asked, records, checksPage }
}

/** Those that are asked for, which must be able to run; else all but controls. */
function chosenDrivers(drivers: readonly Driver[], names: readonly string[]): readonly Driver[] {
  if (names.length === 0) return drivers.filter(({ isControl = false }) => !isControl)
  const asked = drivers.filter(({ name }) => names.includes(name))
  for (const { name, engine } of asked) {
    const missing = engine?.missing()
    if (missing !== undefined) throw new Error(`--driver ${name} must have its program: ${missing}`)
  }
  return asked
}

function chosen(groups: readonly ScenarioGroup[], names: readonly string[]): readonly ScenarioGroup[] {
  const known = groups.flatMap(({ name, scenarios }) => [name, ...scenarios.map((scenario) => scenario.name)])
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`--only must be a group or a scenario, got ${unknown}`)
  if (names.length === 0) return groups
  return groups.flatMap((group) => {
    const scenarios = group.scenarios.filter(({ name }) => names.includes(group.name) || names.includes(name))
    return scenarios.length === 0 ? [] : [{ ...group, scenarios }]
  })
}

function namesOf(drivers: readonly Driver[]): string {
  return drivers.map(({ name }) => name).join(', ')
}

function jsonLine({ scenario, driver, result, reason }: ScenarioResult): string {
  return JSON.stringify({ scenario, driver, result, reason })
}

/** What was run, and of engines what was recorded: not every machine can run them, and each writes the same page. */
function pageOf(
  groups: readonly ScenarioGroup[],
  scenarios: readonly Scenario[],
  results: readonly ScenarioResult[],
  drivers: readonly Driver[],
): string {
  const told = drivers.flatMap((driver) =>
    driver.engine === undefined ? resultsOf(driver, results) : recordedResults(scenarios, driver),
  )
  return matrixPage(groups, told)
}

function resultsOf({ name }: Driver, results: readonly ScenarioResult[]): readonly ScenarioResult[] {
  return results.filter(({ driver }) => driver === name)
}

function isPage(page: string): boolean {
  return page === readFileSync(MATRIX_FILE, { encoding: 'utf8', flag: 'a+' })
}

function writePage(page: string): string {
  const isSame = isPage(page)
  if (!isSame) writeFileSync(MATRIX_FILE, page)
  return `docs/conformance.md ${isSame ? 'is as it was' : 'is written'}`
}
