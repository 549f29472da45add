import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { ActiveFault, FaultOffer, FaultsStand } from '../../model/fault-stand.js'
import type { Told } from '../../model/told.js'
import { ActionButton, WhyNot } from '../actions/action-button.js'
import { formatCount, formatShare } from '../format/format-count.js'
import { formatAgo, formatChosenDuration, formatDuration } from '../format/format-duration.js'
import { Empty, Known } from '../parts/known.js'
import { placeText } from '../standing/system-standing.js'
import { view } from '../state/shown.js'
import { Offer } from './offer.js'

/** Of a system where more can be broken, the place comes first. */
const OFFERS_MAX = 12

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
            Calls can be delayed and failed where a proxy forwards them, and processes frozen and killed where
            watertight up runs them.
          </Empty>
        ) : (
          <div class="scroll faults" tabIndex={0} role="region" aria-label="Faults">
            <WhyNot name="start-fault" />
            <ul class="fault-list">
              {active.map((fault) => (
                <Active key={fault.id} fault={fault} now={now} />
              ))}
            </ul>
            <Offers offers={offers.filter(({ id }) => !active.some((fault) => fault.id === id))} />
          </div>
        )
      }
    </Known>
  )
}

function Active({ fault, now }: { readonly fault: ActiveFault; readonly now: number }): JSX.Element {
  const { id, description, startedAt, endsAt, hits, hitting, delayMs, status, share } = fault
  const how = [
    ...(delayMs === null ? [] : [`delayed by ${formatChosenDuration(delayMs)}`]),
    ...(status === null ? [] : [`answered with ${status}`]),
    ...(share === null || share === 1 ? [] : [`${formatShare(share)} of them`]),
  ]
  return (
    <li class="fault is-on">
      <span class="tag tag-critical">on</span>
      <span class="fault-words">
        <b>{[description, ...how].join(', ')}</b>
        <span class="faint">
          started {formatAgo(startedAt, now)}
          {endsAt === null
            ? ', until it is stopped'
            : `, for another ${formatDuration(Math.max(0, endsAt - now))}`}
        </span>
        {hitting.length > 0 && (
          <span class="faint">
            {hits === null ? 'hits' : `has hit ${formatCount(hits)} requests of`}{' '}
            {hitting.map(placeText).join(', ')}
          </span>
        )}
      </span>
      <ActionButton name="stop-fault" body={{ id }} label={`Stop: ${description}`}>
        Stop
      </ActionButton>
    </li>
  )
}

/** What may be started, at the place that is picked here, or in the graph. */
function Offers({ offers }: { readonly offers: readonly FaultOffer[] }): JSX.Element {
  const picked = useSignal<string | null>(null)
  const places = [...new Set(offers.map(({ target }) => target))]
  const { selected } = view.value
  const first = offers.length > OFFERS_MAX ? (places[0] ?? ALL) : ALL
  const wanted = picked.value ?? (selected !== null && places.includes(selected) ? selected : first)
  const place = wanted === ALL || places.includes(wanted) ? wanted : first
  const shown = offers.filter(({ target }) => place === ALL || target === place)
  return (
    <>
      <label class="fault-place">
        Break{' '}
        <select value={place} onChange={(event) => (picked.value = event.currentTarget.value)}>
          {(offers.length <= OFFERS_MAX || place === ALL) && <option value={ALL}>anything</option>}
          {places.map((one) => (
            <option key={one} value={one}>
              {placeText(one)}
            </option>
          ))}
        </select>
      </label>
      <ul class="fault-list">
        {shown.map((offer) => (
          <Offer key={offer.id} offer={offer} />
        ))}
      </ul>
    </>
  )
}

const ALL = ''
