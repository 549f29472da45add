import type { JSX } from 'preact'
import { dismiss, notices } from './act.js'

/** What came of the changes that were asked for: told aloud, over the page, so that nothing moves for it. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="log" aria-label="What came of changes" aria-live="polite">
      {notices.value.map(({ id, isError, text, hint }) => (
        <div key={id} class={`notice${isError ? ' is-error' : ''}`}>
          <p>
            <strong>{isError ? 'Not done: ' : 'Done: '}</strong>
            {text}
            {hint !== null && <span class="notice-hint">{hint}</span>}
          </p>
          <button type="button" class="quiet" onClick={() => dismiss(id)} aria-label="Dismiss">
            ×
          </button>
        </div>
      ))}
    </div>
  )
}
