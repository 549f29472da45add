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

/** Where the page has all this from. Those that are in no trouble are a line, until somebody asks for them. */
function Sources({ snapshot }: { readonly snapshot: Snapshot }): JSX.Element {
  const { sources } = snapshot
  const calm = sources.filter(({ state }) => state === 'ok' || state === 'absent')
  const others = sources.filter((source) => !calm.includes(source))
  return (
    <>
      <h3>Sources</h3>
      <SourceList sources={others} at={snapshot.at} />
      {calm.length > 0 && (
        <details>
          <summary>{calmText(calm)}</summary>
          <SourceList sources={calm} at={snapshot.at} />
        </details>
      )}
    </>
  )
}

function calmText(calm: Snapshot['sources']): string {
  const absent = calm.filter(({ state }) => state === 'absent').length
  const answering = calm.length - absent
  const text = `${formatNoun(answering, 'source')} ${answering === 1 ? 'answers' : 'answer'}`
  return absent === 0 ? text : `${text}, ${absent} ${absent === 1 ? 'shows' : 'show'} nothing`
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
              {state === 'failing' || state === 'absent'
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
