import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { SystemEvent } from '../../model/system-event.js'
import { formatRate } from '../format/format-count.js'
import { formatClock } from '../format/format-duration.js'
import { goLive, goTo, replayFailure } from '../replay/replay.js'
import { live, shown, view } from '../state/shown.js'
import { Chart, type ChartLine } from './chart.js'
import { ERROR_LINE } from './error-line.js'
import { axisMarks, axisStretch, placeOn } from './axis-marks.js'
import { series, seriesVersion } from './follow-series.js'

const lines: readonly ChartLine[] = [
  { label: 'requests/s', colour: '--accent', isFilled: true, format: formatRate },
  ERROR_LINE,
]

/** The last minutes of the whole system, with what happened to it, and the moment that is shown. */
export function TimeAxis(): JSX.Element {
  const stretch = useComputed(() => axisStretch(live.value?.history ?? null, live.value?.at ?? 0))
  const name = useComputed(() => live.value?.services[0]?.name ?? '')
  return (
    <section class="axis" aria-label="The last minutes">
      <div class="axis-plot">
        <Chart
          title="Requests per second and error share where requests come in"
          height={72}
          hasAxis
          lines={lines}
          range={() => stretch.value}
          read={() => {
            void seriesVersion.value
            const { at, columns } = series.of(name.value)
            return { at, columns: [columns.ratePerSecond, columns.errorShare] }
          }}
        />
        <Marks stretch={stretch.value} />
        <Cursor stretch={stretch.value} />
      </div>
      <p class="axis-legend">
        <span class="key key-rate">Requests/s</span>
        <span class="key key-errors">Errors</span>
        <span class="key key-event">Events</span>
        {replayFailure.value !== null && <strong role="alert">{replayFailure}</strong>}
      </p>
    </section>
  )
}

/** Events at their time. The list of events says the same in words. */
function Marks({ stretch }: { readonly stretch: readonly [number, number] }): JSX.Element {
  const marks = axisMarks(live.value?.events ?? [], stretch)
  return (
    <div class="axis-marks" aria-hidden="true">
      {marks.map(({ id, share, level, text, at, kind }) => (
        <span
          key={id}
          class={`axis-mark axis-mark-${level} axis-mark-${kind satisfies SystemEvent['kind']}`}
          style={{ left: `${share * 100}%` }}
          title={`${formatClock(at)} ${text}`}
        />
      ))}
    </div>
  )
}

/** Drag, or press arrow keys, to go back in time; the right end is now. */
function Cursor({ stretch }: { readonly stretch: readonly [number, number] }): JSX.Element {
  const [from, to] = stretch
  const at = view.value.at ?? to
  const history = live.value?.history
  const move = (value: number): void => {
    if (value >= to) goLive()
    else goTo(value)
  }
  return (
    <>
      {view.value.at !== null && (
        <span class="axis-cursor" style={{ left: `${placeOn(stretch, view.value.at) * 100}%` }}>
          <span>{formatClock(shown.value?.at ?? view.value.at)}</span>
        </span>
      )}
      <input
        class="axis-range"
        type="range"
        aria-label="The moment that is shown"
        aria-valuetext={view.value.at === null ? 'now, live' : formatClock(view.value.at)}
        min={from}
        max={to}
        step={history?.stepMs ?? 1_000}
        value={at}
        onInput={(event) => move(Number(event.currentTarget.value))}
      />
    </>
  )
}
