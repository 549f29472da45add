import { applyChange, type Change } from '../../model/change.js'
import type { Snapshot } from '../../model/snapshot.js'
import { connection, live } from '../state/shown.js'

const RETRY_MS = 2_000

/**
 * Follows the system by server-sent events: one `snapshot`, then a `change` each time. However many come between two
 * frames, the page is drawn once for them. A change of another snapshot than the one that is
 * here starts anew.
 */
export function followStream(): void {
  let latest: Snapshot | null = null
  let isDrawing = false
  const draw = (): void => {
    if (isDrawing) return
    isDrawing = true
    globalThis.requestAnimationFrame(() => {
      isDrawing = false
      live.value = latest
    })
  }
  const source = new EventSource('api/live')
  const again = (): void => {
    source.close()
    connection.value = 'lost'
    globalThis.setTimeout(followStream, RETRY_MS)
  }
  source.addEventListener('snapshot', ({ data }) => {
    latest = JSON.parse(String(data)) as Snapshot
    connection.value = 'open'
    draw()
  })
  source.addEventListener('change', ({ data }) => {
    const change = JSON.parse(String(data)) as Change
    if (latest === null || change.after !== latest.sequence) return again()
    latest = applyChange(latest, change)
    draw()
  })
  source.addEventListener('error', () => {
    // A source that was refused does not try again by itself.
    if (source.readyState === EventSource.CLOSED) again()
    else connection.value = 'lost'
  })
}
