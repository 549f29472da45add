import type { JSX } from 'preact'
import type { SagaPanel, SagaSummary, SagaWait } from '../../model/saga-summary.js'
import type { Told } from '../../model/told.js'
import { ActionButton, WhyNot } from '../actions/action-button.js'
import { formatNoun } from '../format/format-count.js'
import { formatAgo, formatClock, formatDuration } from '../format/format-duration.js'
import { Empty, Known } from '../parts/known.js'
import { show, view } from '../state/shown.js'
import { useAsked } from '../stream/asked.js'
import { sagaTone } from './saga-tone.js'
import { TableHead } from '../parts/table-head.js'

const SAGA_EVERY_MS = 1_500

/** Sagas under way and in trouble first, and the timeline of the one that was picked. */
export function Sagas({
  told,
  waiting,
  now,
}: {
  readonly told: Told<readonly SagaSummary[]>
  readonly waiting: Told<readonly SagaWait[]>
  readonly now: number
}): JSX.Element {
  const open = view.value.saga
  return (
    <Known told={told} what="Sagas">
      {(sagas) => (
        <div class={open === null ? 'split' : 'split is-open'}>
          <SagaList sagas={sagas} waiting={waiting.known ? waiting.value : []} now={now} />
          {open === null ? (
            <Empty title="Pick a saga to see its steps.">Compensations stand in the same timeline.</Empty>
          ) : (
            <OpenSaga key={open} id={open} />
          )}
        </div>
      )}
    </Known>
  )
}

function SagaList({
  sagas,
  waiting,
  now,
}: {
  readonly sagas: readonly SagaSummary[]
  readonly waiting: readonly SagaWait[]
  readonly now: number
}): JSX.Element {
  if (sagas.length === 0)
    return (
      <Empty title="No saga has been started yet.">One appears here as soon as a service starts it.</Empty>
    )
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Sagas">
      {waiting.length > 0 && <p class="saga-waits">{waitText(waiting)}</p>}
      <table class="table">
        <TableHead columns={['Saga', 'State', 'Step', { figures: 'Age' }]} />
        <tbody>
          {sagas.map(({ id, name, status, step, startedAt }) => (
            <tr key={id} class={`row-${sagaTone(status)}${open(id) ? ' is-selected' : ''}`}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  aria-pressed={open(id)}
                  onClick={() => show({ saga: open(id) ? null : id })}
                >
                  {name}
                </button>{' '}
                <span class="faint">{id}</span>
              </th>
              <td>
                <span class={`tag tag-${sagaTone(status)}`}>{status.replace('-', ' ')}</span>
              </td>
              <td>{step ?? '–'}</td>
              <td class="number">{formatAgo(startedAt, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** `137 sagas wait for payment, 1 saga waits for inventory` */
function waitText(waiting: readonly SagaWait[]): string {
  return waiting
    .map(({ dependency, sagas }) => {
      const wait = sagas === 1 ? 'waits' : 'wait'
      return `${formatNoun(sagas, 'saga')} ${wait} for ${dependency}`
    })
    .join(', ')
}

const open = (id: string): boolean => view.value.saga === id

function OpenSaga({ id }: { readonly id: string }): JSX.Element {
  const asked = useAsked<SagaPanel>(`api/sagas/${encodeURIComponent(id)}`, SAGA_EVERY_MS)
  const { answer, failure } = asked.value
  if (answer === null)
    return failure === null ? (
      <Empty title="Reading the saga …" />
    ) : (
      <Empty title="This saga cannot be shown.">{failure}</Empty>
    )
  const { summary, timeline, omitted } = answer
  const first = timeline[0]?.at ?? summary.startedAt
  return (
    <div class="scroll saga" tabIndex={0} role="region" aria-label={`Timeline of ${summary.name}`}>
      <div class="waterfall-head">
        <h3>
          {summary.name}{' '}
          <span class={`tag tag-${sagaTone(summary.status)}`}>{summary.status.replace('-', ' ')}</span>
        </h3>
        {summary.canRetry && (
          <ActionButton name="retry-saga" body={{ id }} label={`Retry now: the saga ${id}`}>
            Retry now
          </ActionButton>
        )}
        <button type="button" class="quiet" onClick={() => show({ saga: null })} aria-label="Close the saga">
          <span aria-hidden="true">×</span>
        </button>
      </div>
      {summary.turnedBack !== null && <p>Turned back: {summary.turnedBack}</p>}
      {summary.canRetry && <WhyNot name="retry-saga" />}
      <ol class="saga-steps">
        {timeline.map(({ at, event, step, detail }, index) => (
          <li key={index} class={stepClass(event)}>
            <time>{formatClock(at)}</time>
            <span class="faint number">+{formatDuration(at - first)}</span>
            <span>
              {step !== null && <b>{step}</b>} {event}
              {detail !== null && <span class="faint"> {detail}</span>}
            </span>
          </li>
        ))}
      </ol>
      {omitted > 0 && <p class="faint">{omitted} entries in the middle are left out.</p>}
    </div>
  )
}

function stepClass(event: string): string {
  if (/compensat|turned back/.test(event)) return 'is-back'
  return /failed|refused/.test(event) ? 'is-error' : ''
}
