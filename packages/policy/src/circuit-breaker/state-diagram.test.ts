import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CircuitBreaker } from './circuit-breaker.js'
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
  expect(triggers).toEqual(new Set(Object.values(transitions).flatMap((moves) => Object.keys(moves))))
  expect(lines).toContain('  Closed --> Open: failure-rate')
  expect(lines).toContain('  HalfOpen --> Closed: trials-succeeded')
  expect(lines).toContain('    WouldBeHalfOpen --> WouldBeOpen: trials-hung')
  expect(lines.filter((line) => line === '  Observe --> ForcedOpen: force-open')).toHaveLength(1)
})

it('has a way to and from each phase', () => {
  const reached = new Set(Object.values(transitions).flatMap((moves) => Object.values(moves)))
  for (const phase of Object.keys(duties) as CircuitPhase[]) {
    expect(Object.keys(transitions[phase])).not.toEqual([])
    expect(phase === 'start' || reached.has(phase)).toBe(true)
  }
})

it('lets an operator force any state from any other, and let go of what is forced, and nothing else', () => {
  const targets = { 'force-open': 'forced-open', 'force-closed': 'forced-closed', 'force-observe': 'observe' }
  for (const phase of Object.keys(duties) as CircuitPhase[]) {
    const moves = transitions[phase]
    const state = phase.startsWith('observe') ? 'observe' : phase
    for (const [trigger, target] of Object.entries(targets)) {
      const expected = phase === 'start' || state === target ? undefined : target
      expect([phase, trigger, moves[trigger as 'force-open']]).toEqual([phase, trigger, expected])
    }
    const held = state === 'observe' || state.startsWith('forced')
    expect([phase, moves.release]).toEqual([phase, held ? 'closed' : undefined])
  }
})

it('does nothing when it is forced into where it is, or let go when nothing holds it', () => {
  const breaker = new CircuitBreaker({}, () => 0)
  breaker.onTransition = () => expect.unreachable()
  breaker.force(undefined, 0)
  breaker.onTransition = undefined
  for (const state of ['open', 'closed', 'observe'] as const) {
    breaker.force(state, 0)
    breaker.onTransition = () => expect.unreachable()
    breaker.force(state, 0)
    breaker.onTransition = undefined
  }
  expect(breaker.state(0)).toBe('observe')
})

it('knows no other change of state', () => {
  expect(() => nextPhase('open', 'trials-succeeded')).toThrow('nothing leads from open on trials-succeeded')
})
