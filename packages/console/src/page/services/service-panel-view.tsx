import type { JSX } from 'preact'
import type { ServicePanel } from '../../model/service-panel.js'
import type { GoldenSignals } from '../../model/service-stand.js'
import { formatCount, formatRate, formatShare } from '../format/format-count.js'
import { formatPercentiles } from '../format/format-duration.js'
import { BudgetMeter } from '../parts/budget-meter.js'
import { Figure } from '../parts/figure.js'
import { Empty, Known } from '../parts/known.js'
import { serviceStand } from '../state/stands.js'
import { useAsked } from '../stream/asked.js'
import { Because } from './because.js'
import { EndpointTable } from './endpoint-table.js'
import { PolicyInForce } from './policy-in-force.js'
import { Replicas } from './replicas.js'
import { SignalCharts } from './signal-charts.js'

const PANEL_EVERY_MS = 2_000

/** One service: signals against objectives, its processes, what is in force for its calls, endpoints, its last lines. */
export function ServicePanelView({ name }: { readonly name: string }): JSX.Element {
  const stand = serviceStand(name).value
  const panel = useAsked<ServicePanel>(
    stand === null ? null : `api/services/${encodeURIComponent(name)}`,
    PANEL_EVERY_MS,
  )
  if (stand === null)
    return <Empty title="There is no such service.">Pick one in the list or the graph.</Empty>
  const { level, because, description, signals, objectives } = stand
  const { answer, failure } = panel.value
  return (
    <>
      <Because level={level} because={because} />
      {description !== null && <p class="faint">{description}</p>}
      <Known told={signals} what="Signals">
        {(value) => <ServiceFigures signals={value} />}
      </Known>
      <SignalCharts place={name} />
      <h3>Objectives</h3>
      {objectives.length === 0 ? (
        <p class="faint">
          The document sets none: once the service has an objective, its budget is shown here.
        </p>
      ) : (
        objectives.map((objective) => (
          <div key={`${objective.name} ${objective.limitMs}`}>
            <BudgetMeter objective={objective} />
            <p class="burn faint">
              {objective.burnRates.map(({ window, rate }) => `${window}: ${rate.toFixed(1)}×`).join('   ')}
            </p>
          </div>
        ))
      )}
      <Replicas service={name} told={stand.replicas} />
      {failure !== null && <p class="problem">{failure}</p>}
      {answer !== null && <PanelDetails panel={answer} />}
    </>
  )
}

function ServiceFigures({ signals }: { readonly signals: GoldenSignals }): JSX.Element {
  const { errorShare, queued, saturation, saturationOf } = signals
  return (
    <dl class="figures">
      <Figure label="Requests">{formatRate(signals.ratePerSecond)}/s</Figure>
      <Figure label="Errors" isLoud={(errorShare ?? 0) > 0.05}>
        {formatShare(errorShare)}
      </Figure>
      <Figure label="p50 / p99">{formatPercentiles(signals.p50Ms, signals.p99Ms)}</Figure>
      <Figure
        label={saturationOf === null ? 'Saturation' : `Saturation (${saturationOf})`}
        isLoud={(saturation ?? 0) > 0.9}
      >
        {formatShare(saturation)}
      </Figure>
      <Figure label="In flight">{formatCount(signals.inFlight)}</Figure>
      <Figure label="Queued" isLoud={(queued ?? 0) > 0}>
        {formatCount(queued)}
      </Figure>
    </dl>
  )
}

function PanelDetails({ panel }: { readonly panel: ServicePanel }): JSX.Element {
  return (
    <>
      <h3>Policy in force for its calls</h3>
      {panel.calls.length === 0 ? (
        <p class="faint">It calls nothing.</p>
      ) : (
        panel.calls.map((call) => <PolicyInForce key={call.to} call={call} />)
      )}
      <h3>Endpoints</h3>
      <Known told={panel.endpoints} what="Endpoints">
        {(endpoints) => <EndpointTable endpoints={endpoints} />}
      </Known>
      <h3>Last lines</h3>
      <Known told={panel.log} what="The log">
        {(lines) => (
          <pre class="log" tabIndex={0} role="region" aria-label="Last lines of the log">
            {lines.map(({ program, line }) => `${program}  ${line}`).join('\n') ||
              'Nothing has been written yet.'}
          </pre>
        )}
      </Known>
    </>
  )
}
