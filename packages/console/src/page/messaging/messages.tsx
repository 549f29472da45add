import type { JSX } from 'preact'
import type { DeadLetterStand, LagStand, MessagingStand, OutboxStand } from '../../model/messaging-stand.js'
import type { Told } from '../../model/told.js'
import { ActionButton, WhyNot } from '../actions/action-button.js'
import { formatBytes, formatCount } from '../format/format-count.js'
import { formatAgo, formatDuration } from '../format/format-duration.js'
import { Figure } from '../parts/figure.js'
import { Known } from '../parts/known.js'
import { TableHead } from '../parts/table-head.js'

/** The outbox, how far each group is behind, and the events that need a person. */
export function Messages({
  told,
  now,
}: {
  readonly told: Told<MessagingStand>
  readonly now: number
}): JSX.Element {
  return (
    <Known told={told} what="Messages">
      {({ outbox, lags, deadLetters }) => (
        <div class="scroll messages" tabIndex={0} role="region" aria-label="Messages">
          <div>
            <h3>Outbox</h3>
            <Outbox outbox={outbox} />
            <h3>Groups</h3>
            <Lags lags={lags} />
          </div>
          <div>
            <h3>Dead letters</h3>
            <DeadLetters letters={deadLetters} now={now} />
          </div>
        </div>
      )}
    </Known>
  )
}

function Outbox({ outbox }: { readonly outbox: OutboxStand }): JSX.Element {
  const { events, bytes, ageMs, heldBackMs } = outbox
  return (
    <dl class="figures">
      <Figure label="Waiting">{formatCount(events)}</Figure>
      <Figure label="Size">{formatBytes(bytes)}</Figure>
      <Figure label="Oldest" isLoud={ageMs > 30_000}>
        {events === 0 ? 'none' : formatDuration(ageMs)}
      </Figure>
      {heldBackMs > 0 && <Figure label="Held back by a transaction">{formatDuration(heldBackMs)}</Figure>}
    </dl>
  )
}

function Lags({ lags }: { readonly lags: readonly LagStand[] }): JSX.Element {
  if (lags.length === 0) return <p class="faint">No group of consumers has read anything yet.</p>
  return (
    <table class="table table-plain">
      <TableHead columns={['Group', { figures: 'Behind' }, { figures: 'Oldest' }, { figures: 'Parked' }]} />
      <tbody>
        {lags.map(({ group, topic, events, ageMs, parked }) => (
          <tr key={`${group} ${topic}`}>
            <th scope="row">
              {group} <span class="faint">{topic}</span>
            </th>
            <td class="number">{formatCount(events)}</td>
            <td class="number">{formatDuration(ageMs)}</td>
            <td class="number">{formatCount(parked)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function DeadLetters({
  letters,
  now,
}: {
  readonly letters: readonly DeadLetterStand[]
  readonly now: number
}): JSX.Element {
  if (letters.length === 0)
    return (
      <p class="faint">
        None. An event that fails as often as its group allows is kept here until you redrive it.
      </p>
    )
  return (
    <>
      <WhyNot name="redrive" />
      <ul class="letters">
        {letters.map(({ eventId, group, topic, type, key, attempts, error, parkedAt, waiting }) => (
          <li key={`${group} ${eventId}`}>
            <span>
              <b>{type}</b>{' '}
              <span class="faint">
                {key === null ? '' : `of ${key} `}for {group}, topic {topic}
              </span>
              <span class="letter-error">{error ?? 'no reason was kept'}</span>
              <span class="faint">
                {attempts} attempts, {formatAgo(parkedAt, now)}
                {waiting > 0 && `, ${waiting} behind it`}
              </span>
            </span>
            <ActionButton
              name="redrive"
              body={{ group, eventId }}
              label={`Redrive ${type} ${eventId} for ${group}`}
            >
              Redrive
            </ActionButton>
          </li>
        ))}
      </ul>
    </>
  )
}
