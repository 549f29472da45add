import type { JSX } from 'preact'
import type { SystemEvent } from '../../model/system-event.js'
import { formatAgo, formatMoment } from '../format/format-duration.js'
import { Empty } from '../parts/known.js'
import { LevelMark } from '../parts/level-mark.js'
import { goTo } from '../replay/replay.js'
import { show } from '../state/shown.js'
import { placeText } from '../standing/system-standing.js'

/** What happened, the newest first; each leads to the moment before it. */
export function EventList({
  events,
  now,
}: {
  readonly events: readonly SystemEvent[]
  readonly now: number
}): JSX.Element {
  if (events.length === 0)
    return (
      <Empty title="Nothing has happened yet.">
        Breakers that open, processes that restart, deployments and faults are told here.
      </Empty>
    )
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Events">
      <ol class="events">
        {events.toReversed().map(({ id, at, kind, level, service, edge, text }) => (
          <li key={id} class={`event-${level}`}>
            <LevelMark level={level === 'info' ? 'ok' : level} />
            <button type="button" class="link event-time" onClick={() => goTo(at)} title="Show this moment">
              {formatMoment(at, now)}
            </button>
            <span class="event-kind">{kind}</span>
            <EventPlace place={edge ?? service} />
            <span class="event-text">{text}</span>
            <span class="faint event-ago">{formatAgo(at, now)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}

function EventPlace({ place }: { readonly place: string | null }): JSX.Element {
  if (place === null) return <span class="event-place" />
  return (
    <button type="button" class="link event-place" onClick={() => show({ selected: place })}>
      {placeText(place)}
    </button>
  )
}
