import { effect, type Signal, signal } from '@preact/signals'
import type { SeriesPage } from '../../model/snapshot.js'
import { live } from '../state/shown.js'
import { ask } from '../stream/ask.js'
import { Series } from './series.js'

const POINTS_MAX = 1_800

export const series: Series = new Series(POINTS_MAX)
/** Grows whenever the series have: what draws them reads it. */
export const seriesVersion: Signal<number> = signal(0)

/** Asks once for what was before the page was opened, and adds each step from then on. */
export function followSeries(): void {
  let isAsked = false
  effect(() => {
    const snapshot = live.value
    if (snapshot === null) return
    if (!isAsked) {
      isAsked = true
      const { from, to } = snapshot.history
      void ask<SeriesPage>(`api/series?from=${from}&to=${to}`).then(
        (page) => {
          series.fill(page)
          seriesVersion.value += 1
        },
        // Without what was before, the lines begin now.
        () => undefined,
      )
    }
    if (series.append(snapshot)) seriesVersion.value = seriesVersion.peek() + 1
  })
}
