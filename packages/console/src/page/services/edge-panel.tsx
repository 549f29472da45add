import type { JSX } from 'preact'
import type { CallSignals } from '../../model/edge-stand.js'
import type { ServicePanel } from '../../model/service-panel.js'
import { formatCount, formatRate, formatShare } from '../format/format-count.js'
import { formatPercentiles } from '../format/format-duration.js'
import { Figure } from '../parts/figure.js'
import { Empty, Known } from '../parts/known.js'
import { edgeStand } from '../state/stands.js'
import { useAsked } from '../stream/asked.js'
import { Because } from './because.js'
import { EndpointTable } from './endpoint-table.js'
import { PolicyInForce } from './policy-in-force.js'
import { SignalCharts } from './signal-charts.js'

const PANEL_EVERY_MS = 2_000

/** One call: how it does, what is in force for it and why, and the endpoints that it has to choose from. */
export function EdgePanel({ id }: { readonly id: string }): JSX.Element {
  const stand = edgeStand(id).value
  const panel = useAsked<ServicePanel>(
    stand === null ? null : `api/services/${encodeURIComponent(stand.from)}`,
    PANEL_EVERY_MS,
  )
  if (stand === null) return <Empty title="There is no such call.">Pick one in the graph or the table.</Empty>
  const { level, because, signals, to, optional } = stand
  const { answer, failure } = panel.value
  const call = answer?.calls.find((one) => one.to === to)
  return (
    <>
      <Because level={level} because={because} />
      {optional && <p class="faint">The caller does without it when it fails.</p>}
      <Known told={signals} what="Signals">
        {(value) => (
          <>
            <CallFigures signals={value} />
            {value.notTold !== null && <p class="faint">{value.notTold}.</p>}
          </>
        )}
      </Known>
      <SignalCharts place={id} />
      <h3>Policy in force</h3>
      {failure !== null && <p class="problem">{failure}</p>}
      {call !== undefined && <PolicyInForce call={call} isOpen />}
      {answer !== null && call === undefined && <p class="faint">The document sets none for this call.</p>}
      <h3>Endpoints</h3>
      {answer !== null && (
        <Known told={answer.endpoints} what="Endpoints">
          {(endpoints) => (
            <EndpointTable
              endpoints={endpoints.filter((one) => one.to === to || one.to.startsWith(`${to}@`))}
            />
          )}
        </Known>
      )}
    </>
  )
}

function CallFigures({ signals }: { readonly signals: CallSignals }): JSX.Element {
  const { breaker, refusalsPerSecond, ejectedEndpoints, queued, errorShare } = signals
  return (
    <dl class="figures">
      <Figure label="Calls">{formatRate(signals.ratePerSecond)}/s</Figure>
      <Figure label="Errors" isLoud={(errorShare ?? 0) > 0.05}>
        {formatShare(errorShare)}
      </Figure>
      <Figure label="p50 / p99">{formatPercentiles(signals.p50Ms, signals.p99Ms)}</Figure>
      <Figure label="Breaker" isLoud={breaker === 'open' || breaker === 'forced-open'}>
        {breaker ?? 'not known'}
      </Figure>
      <Figure label="Refused">{formatRate(refusalsPerSecond)}/s</Figure>
      <Figure label="Retries">{formatRate(signals.retriesPerSecond)}/s</Figure>
      <Figure label="Fallbacks">{formatRate(signals.fallbacksPerSecond)}/s</Figure>
      <Figure label="Timeouts">{formatRate(signals.timeoutsPerSecond)}/s</Figure>
      <Figure label="Hedges">{formatRate(signals.hedgesPerSecond)}/s</Figure>
      <Figure label="Running">{formatCount(signals.running)}</Figure>
      <Figure label="Queued" isLoud={(queued ?? 0) > 0}>
        {formatCount(queued)}
      </Figure>
      <Figure label="Retry budget">{formatCount(signals.budgetRemaining)}</Figure>
      <Figure label="Ejected" isLoud={(ejectedEndpoints ?? 0) > 0}>
        {formatCount(ejectedEndpoints)}
      </Figure>
    </dl>
  )
}
