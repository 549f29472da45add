import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { LevelMark } from '../parts/level-mark.js'
import { show, shown } from '../state/shown.js'
import { placeText, systemStanding } from './system-standing.js'

const REASONS_MAX = 3

/** One line that is grey while all is well, and cannot be overlooked when it is not. Its height stays the same. */
export function Standing(): JSX.Element {
  const standing = useComputed(() => (shown.value === null ? null : systemStanding(shown.value)))
  const now = standing.value
  if (now === null) return <p class="standing standing-unknown">Asking the system how it is …</p>
  const more = now.reasons.length - REASONS_MAX
  return (
    <section class={`standing standing-${now.level}`} aria-label="How the system is">
      <LevelMark level={now.level} />
      <strong class="standing-sentence">{now.sentence}</strong>
      <ul class="standing-reasons">
        {now.reasons.slice(0, REASONS_MAX).map(({ place, more: to, text }) => (
          <li key={place}>
            <button type="button" onClick={() => show(to)}>
              <b>{placeText(place)}</b> {text}
            </button>
          </li>
        ))}
        {more > 0 && <li class="standing-more">{more} more</li>}
      </ul>
    </section>
  )
}
