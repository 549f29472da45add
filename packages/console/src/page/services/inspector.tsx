import type { JSX } from 'preact'
import { show, shown, view } from '../state/shown.js'
import { placeText } from '../standing/system-standing.js'
import { EdgePanel } from './edge-panel.js'
import { Overview } from './overview.js'
import { ServicePanelView } from './service-panel-view.js'

/** All there is to know of what was picked; while nothing is, what needs a look. */
export function Inspector(): JSX.Element {
  const { selected } = view.value
  return (
    <aside class="region inspector" aria-labelledby="inspector-title">
      <div class="region-head">
        <h2 id="inspector-title">{selected === null ? 'Overview' : placeText(selected)}</h2>
        {selected !== null && (
          <button
            type="button"
            class="quiet"
            onClick={() => show({ selected: null })}
            aria-label="Close the panel"
          >
            <span aria-hidden="true">×</span>
          </button>
        )}
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="inspector-title">
        {shown.value !== null && <Inside selected={selected} />}
      </div>
    </aside>
  )
}

function Inside({ selected }: { readonly selected: string | null }): JSX.Element {
  if (selected === null) return <Overview />
  return selected.includes('>') ? (
    <EdgePanel key={selected} id={selected} />
  ) : (
    <ServicePanelView key={selected} name={selected} />
  )
}
