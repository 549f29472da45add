import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { FaultOffer } from '../../model/fault-stand.js'
import { ActionButton } from '../actions/action-button.js'
import { formatShare } from '../format/format-count.js'
import { formatChosenDuration } from '../format/format-duration.js'

const SHARES = [0.01, 0.1, 0.25, 0.5, 1]
const TIMES_MS = [10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000]

/** A fault that may be started, and with what. */
export function Offer({ offer }: { readonly offer: FaultOffer }): JSX.Element {
  const { id, description } = offer
  const delay = useSignal(offer.delayMs)
  const status = useSignal(offer.status)
  const part = useSignal(offer.share)
  const time = useSignal(offer.forMs)
  const asked = { delayMs: delay.value, status: status.value, share: part.value, forMs: time.value }
  const body = Object.fromEntries(Object.entries({ id, ...asked }).filter(([, value]) => value !== null))
  return (
    <li class="fault">
      <span class="tag">off</span>
      <span class="fault-words">
        <b>{description}</b>
      </span>
      <span class="fault-fields">
        <NumberField label="Delay, ms" of={delay} min={1} max={60_000} />
        <NumberField label="Status" of={status} min={200} max={599} />
        <ChoiceField label="Share" of={part} choices={SHARES} text={formatShare} />
        <ChoiceField label="For" of={time} choices={TIMES_MS} text={formatChosenDuration} />
      </span>
      <ActionButton name="start-fault" body={body} label={`Start: ${description}`}>
        Start
      </ActionButton>
    </li>
  )
}

interface FieldProps {
  readonly label: string
  /** Null where the fault has no such thing. */
  readonly of: Signal<number | null>
}

function NumberField({
  label,
  of,
  min,
  max,
}: FieldProps & { readonly min: number; readonly max: number }): JSX.Element | null {
  if (of.value === null) return null
  return (
    <label>
      {label}
      <input
        type="number"
        min={min}
        max={max}
        value={of.value}
        onInput={(event) => (of.value = Number(event.currentTarget.value))}
      />
    </label>
  )
}

function ChoiceField({
  label,
  of,
  choices,
  text,
}: FieldProps & {
  readonly choices: readonly number[]
  readonly text: (value: number) => string
}): JSX.Element | null {
  if (of.value === null) return null
  return (
    <label>
      {label}
      <select value={String(of.value)} onChange={(event) => (of.value = Number(event.currentTarget.value))}>
        {[...new Set([...choices, of.value])]
          .toSorted((a, b) => a - b)
          .map((one) => (
            <option key={one} value={String(one)}>
              {text(one)}
            </option>
          ))}
      </select>
    </label>
  )
}
