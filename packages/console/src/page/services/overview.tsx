import type { JSX } from 'preact'
import type { Snapshot } from '../../model/snapshot.js'
import { formatNoun } from '../format/format-count.js'
import { formatAgo, formatDuration } from '../format/format-duration.js'
import { LevelMark } from '../parts/level-mark.js'
import { show, shown } from '../state/shown.js'
import { placeText, systemStanding } from '../standing/system-standing.js'

/** What needs a look, and where the page has all this from. */
export function Overview(): JSX.Element | null {
  const snapshot = shown.value
  if (snapshot === null) return null
  const { reasons } = systemStanding(snapshot)
  return (
    <>
      <h3>Needs a look</h3>
      {reasons.length === 0 ? (
        <p class="faint">Nothing does. Pick a service or a call to see what is in force for it.</p>
      ) : (
        <ul class="reasons">
          {reasons.map(({ place, level, more, text }) => (
            <li key={place}>
              <LevelMark level={level} />
              <span>
                <button type="button" class="link" onClick={() => show(more)}>
                  {placeText(place)}
                </button>
                <span>{text}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <Sources snapshot={snapshot} />
    </>
  )
}

/** Where the page has all this from. Those that answer are a line, until somebody asks for them. */
function Sources({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const answering = snapshot.sources.filter(({ state }) => state === 'ok')
  const others = snapshot.sources.filter(({ state }) => state !== 'ok')
  return (
    <>
      <h3>Sources</h3>
      <SourceList sources={others} at={snapshot.at} />
      {answering.length > 0 && (
        <details>
          <summary>
            {formatNoun(answering.length, 'source')} {answering.length === 1 ? 'answers' : 'answer'}
          </summary>
          <SourceList sources={answering} at={snapshot.at} />
        </details>
      )}
    </>
  )
}

function SourceList({
  sources,
  at,
}: {
  readonly sources: Snapshot['sources']
  readonly at: number
}): JSX.Element {
  return (
    <ul class="sources">
      {sources.map(({ name, place, state, reason, answeredAt, tookMs }) => (
        <li key={name} class={`source-${state}`}>
          <LevelMark level={state === 'ok' ? 'ok' : state === 'failing' ? 'warning' : 'unknown'} />
          <span>
            <b>{name}</b>
            <span class="faint">
              {state === 'failing'
                ? `${reason ?? 'does not answer'}${answeredAt === null ? '' : `; answered ${formatAgo(answeredAt, at)}`}`
                : state === 'waiting'
                  ? 'has not answered yet'
                  : `answers in ${formatDuration(tookMs)}`}
            </span>
            <span class="faint place">{place}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
