import { stateOf, transitions, type CircuitPhase } from './transitions.js'

/** How each phase is drawn, and what goes on inside it. */
const drawn: Readonly<Record<CircuitPhase, { readonly name: string; readonly inside?: string }>> = {
  start: { name: '[*]' },
  closed: { name: 'Closed', inside: 'MonitorFailures' },
  open: { name: 'Open', inside: 'RejectRequests' },
  'half-open': { name: 'HalfOpen', inside: 'SendTrialRequests' },
  'forced-open': { name: 'ForcedOpen', inside: 'RejectEveryRequest' },
  'forced-closed': { name: 'ForcedClosed', inside: 'AdmitEveryRequest' },
  observe: { name: 'WouldBeClosed' },
  'observe-open': { name: 'WouldBeOpen' },
  'observe-half-open': { name: 'WouldBeHalfOpen' },
}

/**
 * The circuit breaker as a Mermaid `stateDiagram-v2`, drawn from the transition table that it runs on.
 *
 * The phases of an observing circuit are nested in one state `Observe`, and what leads out of each of them
 * is drawn once, from there.
 */
export function stateDiagram(): string {
  const lines = ['stateDiagram-v2']
  for (const { name, inside } of Object.values(drawn)) {
    if (inside !== undefined) lines.push(`  state ${name} {`, `    [*] --> ${inside}`, '  }')
  }
  lines.push('  state Observe {', `    [*] --> ${drawn.observe.name}`, ...observed(), '  }')
  lines.push(...outside())
  return lines.join('\n') + '\n'
}

function observed(): string[] {
  return transitions
    .filter(([from, , next]) => isObserving(from) && isObserving(next))
    .map(([from, trigger, next]) => `    ${drawn[from].name} --> ${drawn[next].name}: ${trigger}`)
}

function outside(): Set<string> {
  const rows = transitions.filter(([from, , next]) => !isObserving(from) || !isObserving(next))
  return new Set(rows.map(([from, trigger, next]) => `  ${nameOf(from)} --> ${nameOf(next)}: ${trigger}`))
}

function nameOf(phase: CircuitPhase): string {
  return isObserving(phase) ? 'Observe' : drawn[phase].name
}

function isObserving(phase: CircuitPhase): boolean {
  return stateOf(phase) === 'observe'
}
