import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { stateDiagram } from './state-diagram.js'
import { duties, nextPhase, transitions, type CircuitPhase } from './transitions.js'

const page = new URL('../../docs/circuit-breaker.md', import.meta.url)

const text = `# States of the circuit breaker

Drawn from the transition table that the code runs on; \`UPDATE=1 npx vitest run state-diagram\` draws it anew.

\`\`\`mermaid
${stateDiagram()}\`\`\`
`

it('the committed page shows the table that the code runs on', () => {
  if (process.env['UPDATE'] === '1') {
    mkdirSync(new URL('.', page), { recursive: true })
    writeFileSync(page, text)
  }
  expect(readFileSync(page, 'utf8')).toBe(text)
})

it('draws every row of the table', () => {
  const lines = stateDiagram().split('\n')
  const triggers = new Set(lines.flatMap((line) => / --> \S+: (\S+)$/.exec(line)?.[1] ?? []))
  expect(triggers).toEqual(new Set(transitions.map(([, trigger]) => trigger)))
  expect(lines).toContain('  Closed --> Open: failure-rate')
  expect(lines).toContain('  HalfOpen --> Closed: trials-succeeded')
  expect(lines).toContain('    WouldBeHalfOpen --> WouldBeOpen: trials-hung')
  expect(lines.filter((line) => line === '  Observe --> ForcedOpen: force-open')).toHaveLength(1)
})

it('has one next phase for a phase and a trigger, and a way to and from each phase', () => {
  const keys = transitions.map(([from, trigger]) => `${from} ${trigger}`)
  expect(new Set(keys).size).toBe(keys.length)
  for (const phase of Object.keys(duties) as CircuitPhase[]) {
    expect(transitions.some(([from]) => from === phase)).toBe(true)
    expect(phase === 'start' || transitions.some(([, , next]) => next === phase)).toBe(true)
  }
})

it('knows no other change of state', () => {
  expect(() => nextPhase('open', 'trials-succeeded')).toThrow(
    'cannot change circuit state: nothing leads from open on trials-succeeded',
  )
})
