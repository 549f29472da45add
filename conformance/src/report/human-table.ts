import { styleText } from 'node:util'
import type { ScenarioResult } from '../run/run-scenario.js'
import type { ScenarioGroup } from '../scenario/read-scenarios.js'

const MARKS = {
  pass: styleText('green', 'pass'),
  fail: styleText('red', 'FAIL'),
  known: styleText('yellow', 'diff'),
  'not-expressible': styleText('dim', 'n/a '),
} as const

/** One line a scenario, group by group, with the reason where there is one. */
export function humanTable(groups: readonly ScenarioGroup[], results: readonly ScenarioResult[]): string {
  const lines = groups.flatMap(({ name, about, scenarios }) => {
    const names = new Set(scenarios.map((scenario) => scenario.name))
    const own = results.filter(({ scenario }) => names.has(scenario))
    if (own.length === 0) return []
    return ['', `${styleText('bold', name)}  ${about}`, ...own.map(lineOf)]
  })
  return [...lines, '', tally(results)].join('\n').trimStart()
}

function lineOf({ scenario, driver, result, reason, known }: ScenarioResult): string {
  return `  ${MARKS[known ? 'known' : result]} ${driver.padEnd(8)} ${scenario}${reason === '' ? '' : `: ${reason}`}`
}

/** `135 scenarios: 120 pass, 5 fail (all known), 10 not expressible`. */
function tally(results: readonly ScenarioResult[]): string {
  const count = (wanted: ScenarioResult['result']): number =>
    results.filter(({ result }) => result === wanted).length
  const known = results.filter((result) => result.known).length
  return `${results.length} results: ${count('pass')} pass, ${count('fail')} fail (${known} known), ${count('not-expressible')} not expressible`
}
