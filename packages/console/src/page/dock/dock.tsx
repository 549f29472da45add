import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Snapshot } from '../../model/snapshot.js'
import { EventList } from '../events/event-list.js'
import { Faults } from '../faults/faults.js'
import { Messages } from '../messaging/messages.js'
import { Releases } from '../releases/releases.js'
import { Sagas } from '../sagas/sagas.js'
import { show, shown, view } from '../state/shown.js'
import { type Tab, TABS } from '../state/view-address.js'
import { Traces } from '../traces/traces.js'
import { tabCounts } from './tab-counts.js'

const titles: Readonly<Record<Tab, string>> = {
  traces: 'Traces',
  sagas: 'Sagas',
  messages: 'Messages',
  faults: 'Faults',
  events: 'Events',
  releases: 'Releases',
}

/** Everything that comes in lists, a tab each. */
export function Dock(): JSX.Element {
  const { tab } = view.value
  const counts = useComputed(() => JSON.stringify(shown.value === null ? {} : tabCounts(shown.value)))
  const told = JSON.parse(counts.value) as Partial<ReturnType<typeof tabCounts>>
  const list = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? tab
    show({ tab: next })
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus()
  }
  return (
    <section class="region dock" aria-label="Details">
      <div class="tabs" role="tablist" aria-label="Details" ref={list} onKeyDown={onKeyDown}>
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={tab === one}
            aria-controls="dock-panel"
            tabIndex={tab === one ? 0 : -1}
            onClick={() => show({ tab: one })}
          >
            {titles[one]}
            <TabCount count={told[one]} />
          </button>
        ))}
      </div>
      <div class="dock-panel" id="dock-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {shown.value !== null && <Panel tab={tab} snapshot={shown.value} />}
      </div>
    </section>
  )
}

function TabCount({ count }: { readonly count: { readonly loud: number } | undefined }): JSX.Element | null {
  return count === undefined || count.loud === 0 ? null : <span class="badge">{count.loud}</span>
}

function Panel({ tab, snapshot }: { readonly tab: Tab; readonly snapshot: Snapshot }): JSX.Element {
  switch (tab) {
    case 'traces':
      return <Traces told={snapshot.traces} now={snapshot.at} />
    case 'sagas':
      return <Sagas told={snapshot.sagas} waiting={snapshot.waiting} now={snapshot.at} />
    case 'messages':
      return <Messages told={snapshot.messaging} now={snapshot.at} />
    case 'faults':
      return <Faults told={snapshot.faults} now={snapshot.at} />
    case 'events':
      return <EventList events={snapshot.events} now={snapshot.at} />
    case 'releases':
      return <Releases canaries={snapshot.canaries} />
  }
}
