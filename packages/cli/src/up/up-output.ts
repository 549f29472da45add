import { describeEvent, type RunEvent } from '@watertight/supervisor'
import type { Terminal } from '../program/terminal.js'
import { ProgramPrefix } from './program-prefix.js'
import type { DrillEvent } from '../drill/schedule/drill-schedule.js'
import { describeLoadEvent, type LoadEvent } from './up-load.js'

/** What `watertight up` tells besides what happens in the run. */
export type UpEvent =
  | RunEvent
  | LoadEvent
  | DrillEvent
  | { readonly kind: 'console'; readonly url: string; readonly token: string }

/** The name before lines of the command itself. */
const OWN = 'watertight'

/** Shows what happens: as lines with the name of the program before them, or as lines of JSON. */
export function upOutput(json: boolean, { out }: Terminal): (event: UpEvent) => void {
  if (json) return (event) => out.write(`${JSON.stringify(event)}\n`)
  const prefix = new ProgramPrefix(out)
  prefix.expect([OWN])
  return (event) => {
    if (event.kind === 'planned') prefix.expect(event.programs)
    const name = 'program' in event ? event.program : OWN
    const { dim, red, yellow } = out.colours
    const paint =
      event.kind === 'log' || event.kind === 'console' || event.kind === 'load' || event.kind === 'load-total'
        ? (line: string) => line
        : event.kind === 'crash-loop'
          ? red
          : event.kind === 'drill' || event.kind === 'died' || event.kind === 'hung' || event.kind === 'slow'
            ? yellow
            : dim
    out.write(prefix.before(name, textOf(event).split('\n').map(paint).join('\n')))
  }
}

function textOf(event: UpEvent): string {
  if (event.kind === 'load' || event.kind === 'load-total') return describeLoadEvent(event)
  if (event.kind === 'drill') return event.text
  if (event.kind === 'console') return `console at ${event.url}; token for changes: ${event.token}`
  return describeEvent(event)
}
