import type { JSX } from 'preact'
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
          {reasons.map(({ place, level, text }) => (
            <li key={place}>
              <LevelMark level={level} />
              <span>
                <button type="button" class="link" onClick={() => show({ selected: place })}>
                  {placeText(place)}
                </button>
                <span>{text}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <h3>Sources</h3>
      <ul class="sources">
        {snapshot.sources.map(({ name, place, state, reason, answeredAt, tookMs }) => (
          <li key={name} class={`source-${state}`}>
            <LevelMark level={state === 'ok' ? 'ok' : state === 'failing' ? 'warning' : 'unknown'} />
            <span>
              <b>{name}</b>
              <span class="faint">
                {state === 'failing'
                  ? `${reason ?? 'does not answer'}${answeredAt === null ? '' : `; answered ${formatAgo(answeredAt, snapshot.at)}`}`
                  : state === 'waiting'
                    ? 'has not answered yet'
                    : `answers in ${formatDuration(tookMs)}`}
              </span>
              <span class="faint place">{place}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
