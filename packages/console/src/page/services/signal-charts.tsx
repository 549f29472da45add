import type { JSX } from 'preact'
import { formatRate } from '../format/format-count.js'
import { formatDuration } from '../format/format-duration.js'
import { live } from '../state/shown.js'
import { axisStretch } from '../timeline/axis-marks.js'
import { Chart } from '../timeline/chart.js'
import { ERROR_LINE } from '../timeline/error-line.js'
import { series, seriesVersion } from '../timeline/follow-series.js'

/** Rate and errors, and both percentiles, of one service or edge over the last minutes. */
export function SignalCharts({ place }: { readonly place: string }): JSX.Element {
  const range = (): readonly [number, number] => axisStretch(live.value?.history ?? null, live.value?.at ?? 0)
  return (
    <div class="charts">
      <p class="chart-name">
        <span class="key key-rate">Requests/s</span> <span class="key key-errors">Errors</span>
      </p>
      <Chart
        title={`Requests per second and error share of ${place}`}
        height={70}
        range={range}
        lines={[{ label: 'requests/s', colour: '--accent', isFilled: true, format: formatRate }, ERROR_LINE]}
        read={() => {
          void seriesVersion.value
          const { at, columns } = series.of(place)
          return { at, columns: [columns.ratePerSecond, columns.errorShare] }
        }}
      />
      <p class="chart-name">
        <span class="key key-p50">p50</span> <span class="key key-p99">p99</span>
      </p>
      <Chart
        title={`Median and 99th percentile of ${place}`}
        height={70}
        range={range}
        hasAxis
        lines={[
          { label: 'p99', colour: '--warning', format: formatDuration },
          { label: 'p50', colour: '--accent', format: formatDuration },
        ]}
        read={() => {
          void seriesVersion.value
          const { at, columns } = series.of(place)
          return { at, columns: [columns.p99Ms, columns.p50Ms] }
        }}
      />
    </div>
  )
}
