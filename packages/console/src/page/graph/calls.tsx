import type { JSX } from 'preact'
import { show, view } from '../state/shown.js'
import { CallGraph } from './call-graph.js'
import { CallsTable } from './calls-table.js'

/** Who calls whom, drawn or in rows. */
export function Calls(): JSX.Element {
  const { calls } = view.value
  return (
    <section class="region calls" aria-labelledby="calls-title">
      <div class="region-head">
        <h2 id="calls-title">Calls</h2>
        <div class="choice" role="group" aria-label="How calls are shown">
          {(['graph', 'table'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={calls === one} onClick={() => show({ calls: one })}>
              {one === 'graph' ? 'Graph' : 'Table'}
            </button>
          ))}
        </div>
      </div>
      {calls === 'graph' ? <CallGraph /> : <CallsTable />}
    </section>
  )
}
