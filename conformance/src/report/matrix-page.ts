import type { ScenarioResult } from '../run/run-scenario.js'
import type { ScenarioGroup } from '../scenario/read-scenarios.js'

const WORDS = { pass: 'pass', fail: '**fail**', 'not-expressible': 'n/a' } as const

const HEAD = `# Conformance

One table of scenarios is run over everything that carries out a policy: each has a scripted callee, a piece of the
document, requests, and what must be seen from outside. \`npm run conformance -- --write\` wrote this page;
[conformance/README.md](../conformance/README.md) tells how to add a scenario or a driver.

**pass**: all that must be seen was seen. **fail**: a difference, with what was seen below. **n/a**: the driver cannot
say it by its nature, for the reason below.
`

/** The matrix of scenarios and drivers as a page of Markdown. It holds no times, so that each run writes the same. */
export function matrixPage(groups: readonly ScenarioGroup[], results: readonly ScenarioResult[]): string {
  const drivers = [...new Set(results.map(({ driver }) => driver))]
  const resultOf = (scenario: string, driver: string): ScenarioResult | undefined =>
    results.find((result) => result.scenario === scenario && result.driver === driver)
  const sections = groups.map(({ name, about, scenarios }) => {
    const rows = scenarios.map(({ name: scenario, says }) => [
      says,
      `\`${scenario}\``,
      ...drivers.map((driver) => wordOf(resultOf(scenario, driver))),
    ])
    return `## ${titleOf(name)}\n\n${about}\n\n${table(['rule', 'scenario', ...drivers], rows)}`
  })
  const sums = drivers.map((driver) =>
    sumsOf(
      driver,
      results.filter((result) => result.driver === driver),
    ),
  )
  return `${HEAD}\n${sums.join('\n')}\n\n${sections.join('\n\n')}\n${differences(results)}`
}

/** A scenario that came after the last run over a driver has no result yet. */
function wordOf(result: ScenarioResult | undefined): string {
  return result === undefined ? 'not run' : WORDS[result.result]
}

/** `- client: 122 of 136 scenarios pass, 4 fail, 10 are not expressible`. */
function sumsOf(driver: string, results: readonly ScenarioResult[]): string {
  const count = (wanted: ScenarioResult['result']): number =>
    results.filter(({ result }) => result === wanted).length
  return `- **${driver}**: ${count('pass')} of ${results.length} scenarios pass, ${count('fail')} fail, ${count('not-expressible')} are not expressible`
}

function differences(results: readonly ScenarioResult[]): string {
  const told = results.filter(({ result }) => result !== 'pass')
  if (told.length === 0) return ''
  const rows = told.map(({ scenario, driver, result, reason }) => [
    `\`${scenario}\``,
    driver,
    WORDS[result],
    reason,
  ])
  return `\n## What is not a pass\n\n${table(['scenario', 'driver', 'result', 'reason'], rows)}\n`
}

function titleOf(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`
}

/** Columns of equal width, as the formatter would have them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join('\n')
}
