import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { goLive, pause, speed } from '../replay/replay.js'
import { isLive } from '../state/shown.js'

/** Stop, play, go back to now, and hand the moment to somebody else. */
export function TimeControls(): JSX.Element {
  return (
    <div class="time-controls" role="group" aria-label="Time">
      {isLive.value ? (
        <button type="button" class="button" onClick={pause}>
          Pause
        </button>
      ) : (
        <>
          <button type="button" class="button is-accent" onClick={goLive}>
            Go live
          </button>
          <button type="button" class="button" onClick={() => (speed.value = speed.value === 0 ? 1 : 0)}>
            {speed.value === 0 ? 'Replay' : 'Stop'}
          </button>
          {speed.value > 0 && (
            <button
              type="button"
              class="button"
              aria-label={`Speed: ${speed.value} times, change`}
              onClick={() => (speed.value = speed.value === 1 ? 4 : 1)}
            >
              {speed.value}×
            </button>
          )}
        </>
      )}
      <ShareButton />
    </div>
  )
}

/** Copies an address that shows this moment: live, there is none to share, so it stops first. */
function ShareButton(): JSX.Element {
  const word = useSignal('Share')
  const share = async (): Promise<void> => {
    if (isLive.value) pause()
    try {
      await navigator.clipboard.writeText(globalThis.location.href)
      word.value = 'Link copied'
    } catch {
      // Where there is no clipboard, the address of the page is the link.
      word.value = 'Link is in the address bar'
    }
    globalThis.setTimeout(() => (word.value = 'Share'), 2_500)
  }
  return (
    <button type="button" class="button share" onClick={() => void share()}>
      <span aria-live="polite">{word}</span>
    </button>
  )
}
