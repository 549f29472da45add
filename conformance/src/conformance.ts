import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { drivers } from './drivers/drivers.js'
import { humanTable } from './report/human-table.js'
import { matrixPage } from './report/matrix-page.js'
import { runAll } from './run/run-all.js'
import type { ScenarioResult } from './run/run-scenario.js'
import { readScenarios, type ScenarioGroup } from './scenario/read-scenarios.js'

export const SCENARIO_FOLDER: string = fileURLToPath(new URL('../scenarios', import.meta.url))
export const MATRIX_FILE: string = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url))

const HELP = `Usage: npm run conformance -- [options]

Runs the table of scenarios over the drivers of a policy and tells where they differ from it.

  --driver NAME  only this driver (${drivers.map(({ name }) => name).join(', ')}); may be given again
  --only NAME    only this scenario, or this group; may be given again
  --json         one line a scenario: {"scenario","driver","result","reason"}
  --write        writes the matrix to docs/conformance.md
  --help         this text

The exit code is 1 when a scenario fails that its driver does not list as a known difference, 2 for a wrong option.

Examples:
  npm run conformance
  npm run conformance -- --only breaker --only drain-finishes-what-is-in-flight
  npm run --silent conformance -- --driver client --json
`

/** What the command is asked for. */
interface Wish {
  readonly json: boolean
  readonly write: boolean
  readonly names: readonly string[]
  readonly driverNames: readonly string[]
}

/** Runs the command and answers its exit code. */
export async function conformance(args: readonly string[]): Promise<number> {
  let wish: Wish | undefined
  let groups: readonly ScenarioGroup[]
  try {
    wish = wishOf(args)
    groups = chosen(readScenarios(SCENARIO_FOLDER), wish?.names ?? [])
  } catch (error) {
    console.error((error as Error).message)
    return 2
  }
  if (wish === undefined) {
    console.log(HELP.trimEnd())
    return 0
  }
  const results = await runChosen(groups, wish.driverNames)
  if (wish.json) for (const result of results) console.log(jsonLine(result))
  else console.log(humanTable(groups, results))
  if (wish.write) writeMatrix(groups, results)
  return results.some(({ result, known }) => result === 'fail' && !known) ? 1 : 0
}

async function runChosen(
  groups: readonly ScenarioGroup[],
  names: readonly string[],
): Promise<readonly ScenarioResult[]> {
  const scenarios = groups.flatMap((group) => group.scenarios)
  const results: ScenarioResult[] = []
  for (const driver of drivers) {
    if (names.length === 0 || names.includes(driver.name)) results.push(...(await runAll(scenarios, driver)))
  }
  return results
}

/** Undefined when only help is wanted. */
function wishOf(args: readonly string[]): Wish | undefined {
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
  if (unknown !== undefined) {
    const known = drivers.map(({ name }) => name).join(', ')
    throw new Error(`cannot run conformance: --driver must be one of ${known}, got ${unknown}`)
  }
  if (write && names.length + driverNames.length > 0)
    throw new Error('cannot run conformance: --write must have the whole table, got --only or --driver')
  return { json, write, names, driverNames }
}

function chosen(groups: readonly ScenarioGroup[], names: readonly string[]): readonly ScenarioGroup[] {
  const known = groups.flatMap(({ name, scenarios }) => [name, ...scenarios.map((scenario) => scenario.name)])
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`cannot run conformance: --only must be a group or a scenario, got ${unknown}`)
  if (names.length === 0) return groups
  return groups.flatMap((group) => {
    const scenarios = group.scenarios.filter(({ name }) => names.includes(group.name) || names.includes(name))
    return scenarios.length === 0 ? [] : [{ ...group, scenarios }]
  })
}

function jsonLine({ scenario, driver, result, reason }: ScenarioResult): string {
  return JSON.stringify({ scenario, driver, result, reason })
}

function writeMatrix(groups: readonly ScenarioGroup[], results: readonly ScenarioResult[]): void {
  const page = matrixPage(groups, results)
  const same = page === readFileSync(MATRIX_FILE, { encoding: 'utf8', flag: 'a+' })
  if (!same) writeFileSync(MATRIX_FILE, page)
  console.error(`docs/conformance.md ${same ? 'is as it was' : 'is written'}`)
}
