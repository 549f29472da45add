import { stateOf, transitions, type CircuitPhase, type CircuitTrigger } from './transitions.js'

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

function rows(): [from: CircuitPhase, trigger: CircuitTrigger, next: CircuitPhase][] {
  return (Object.keys(transitions) as CircuitPhase[]).flatMap((from) =>
    (Object.entries(transitions[from]) as [CircuitTrigger, CircuitPhase][]).map(
      ([trigger, next]) => [from, trigger, next] as [CircuitPhase, CircuitTrigger, CircuitPhase],
    ),
  )
}

function observed(): string[] {
  return rows()
    .filter(([from, , next]) => isObserving(from) && isObserving(next))
    .map(([from, trigger, next]) => `    ${drawn[from].name} --> ${drawn[next].name}: ${trigger}`)
}

function outside(): Set<string> {
  const drawnOutside = rows().filter(([from, , next]) => !isObserving(from) || !isObserving(next))
  return new Set(
    drawnOutside.map(([from, trigger, next]) => `  ${nameOf(from)} --> ${nameOf(next)}: ${trigger}`),
  )
}

function nameOf(phase: CircuitPhase): string {
  return isObserving(phase) ? 'Observe' : drawn[phase].name
}

function isObserving(phase: CircuitPhase): boolean {
  return stateOf(phase) === 'observe'
}
