import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Driver } from '../drivers/driver.js'
import type { Scenario } from '../scenario/scenario-schema.js'
import type { ScenarioResult } from './run-scenario.js'

/** Results of drivers that not every machine can run, in a file each. */
const RECORD_FOLDER: string = fileURLToPath(new URL('../../recorded', import.meta.url))

/** What the last recorded run gave, for scenarios that there still are; nothing for those that came later. */
export function recordedResults(
  scenarios: readonly Scenario[],
  driver: Driver,
  folder: string = RECORD_FOLDER,
): readonly ScenarioResult[] {
  const file = fileOf(driver, folder)
  if (!existsSync(file)) return []
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly ScenarioResult[]
  return scenarios.flatMap(({ name }) => recorded.filter(({ scenario }) => scenario === name))
}

/** One line a result, so that a change of one is a change of one line. */
export function record(
  driver: Driver,
  results: readonly ScenarioResult[],
  folder: string = RECORD_FOLDER,
): void {
  mkdirSync(folder, { recursive: true })
  const lines = results.map((result) => `  ${JSON.stringify(result)}`)
  writeFileSync(fileOf(driver, folder), `[\n${lines.join(',\n')}\n]\n`)
}

function fileOf({ name }: Driver, folder: string): string {
  return join(folder, `${name}.json`)
}
