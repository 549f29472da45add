import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { ActiveFault, FaultOffer, FaultsStand } from '../../model/fault-stand.js'
import type { Told } from '../../model/told.js'
import { ActionButton, WhyNot } from '../actions/action-button.js'
import { formatCount, formatShare } from '../format/format-count.js'
import { formatAgo, formatDuration } from '../format/format-duration.js'
import { Empty, Known } from '../parts/known.js'
import { placeText } from '../standing/system-standing.js'

/** Faults that are on, with what they hit, and those that may be started. */
export function Faults({
  told,
  now,
}: {
  readonly told: Told<FaultsStand>
  readonly now: number
}): JSX.Element {
  return (
    <Known told={told} what="Faults">
      {({ active, offers }) =>
        active.length + offers.length === 0 ? (
          <Empty title="No fault can be started here.">
            Name experiments in the document to start them from this page.
          </Empty>
        ) : (
          <div class="scroll faults" tabIndex={0} role="region" aria-label="Faults">
            <WhyNot name="start-fault" />
            <ul class="fault-list">
              {active.map((fault) => (
                <Active key={fault.id} fault={fault} now={now} />
              ))}
              {offers
                .filter(({ id }) => !active.some((fault) => fault.id === id))
                .map((offer) => (
                  <Offer key={offer.id} offer={offer} />
                ))}
            </ul>
          </div>
        )
      }
    </Known>
  )
}

function Active({ fault, now }: { readonly fault: ActiveFault; readonly now: number }): JSX.Element {
  const { id, description, startedAt, endsAt, hits, hitting } = fault
  return (
    <li class="fault is-on">
      <span class="tag tag-critical">on</span>
      <span class="fault-words">
        <b>{description}</b>
        <span class="faint">
          since {formatAgo(startedAt, now)}
          {endsAt === null
            ? ', until it is stopped'
            : `, for another ${formatDuration(Math.max(0, endsAt - now))}`}
          {hits === null ? '' : `, ${formatCount(hits)} requests hit`}
        </span>
        {hitting.length > 0 && <span class="faint">hits {hitting.map(placeText).join(', ')}</span>}
      </span>
      <ActionButton name="stop-fault" body={{ id }} label={`Stop: ${description}`}>
        Stop
      </ActionButton>
    </li>
  )
}

function Offer({ offer }: { readonly offer: FaultOffer }): JSX.Element {
  const { id, description, delayMs, status, share } = offer
  const delay = useSignal(delayMs)
  const part = useSignal(share)
  const body = {
    id,
    ...(delay.value === null ? {} : { delayMs: delay.value }),
    ...(part.value === null ? {} : { share: part.value }),
  }
  return (
    <li class="fault">
      <span class="tag">off</span>
      <span class="fault-words">
        <b>{description}</b>
        {status !== null && <span class="faint">answers {status}</span>}
      </span>
      <span class="fault-fields">
        {delay.value !== null && (
          <label>
            Delay, ms
            <input
              type="number"
              min="1"
              max="60000"
              value={delay.value}
              onInput={(event) => (delay.value = Number(event.currentTarget.value))}
            />
          </label>
        )}
        {part.value !== null && (
          <label>
            Share
            <select
              value={String(part.value)}
              onChange={(event) => (part.value = Number(event.currentTarget.value))}
            >
              {[...new Set([0.01, 0.1, 0.25, 0.5, 1, part.value])]
                .toSorted((a, b) => a - b)
                .map((one) => (
                  <option key={one} value={String(one)}>
                    {formatShare(one)}
                  </option>
                ))}
            </select>
          </label>
        )}
      </span>
      <ActionButton name="start-fault" body={body} label={`Start: ${description}`}>
        Start
      </ActionButton>
    </li>
  )
}
