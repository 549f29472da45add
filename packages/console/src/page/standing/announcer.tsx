import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { shown } from '../state/shown.js'
import { placeText, systemStanding } from './system-standing.js'

/** Tells who listens that the standing has changed; not each figure, only what is in trouble. */
export function Announcer(): JSX.Element {
  const text = useComputed(() => {
    if (shown.value === null) return ''
    const { sentence, reasons } = systemStanding(shown.value)
    return [
      sentence,
      ...reasons.slice(0, 3).map(({ place, text: why }) => `${placeText(place)}: ${why}`),
    ].join('. ')
  })
  return (
    <p class="hidden" role="status" aria-live="polite">
      {text}
    </p>
  )
}
