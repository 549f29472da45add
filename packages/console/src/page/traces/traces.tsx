import type { JSX } from 'preact'
import type { Told } from '../../model/told.js'
import type { Trace, TraceSummary } from '../../model/trace.js'
import { formatClock, formatDuration } from '../format/format-duration.js'
import { Empty, Known } from '../parts/known.js'
import { show, view } from '../state/shown.js'
import { useAsked } from '../stream/asked.js'
import { Waterfall } from './waterfall.js'
import { TableHead } from '../parts/table-head.js'

const TRACE_EVERY_MS = 5_000

/** The newest traces, and the one that was picked as a waterfall. */
export function Traces({
  told,
}: {
  readonly told: Told<readonly TraceSummary[]>
  readonly now: number
}): JSX.Element {
  const { trace: open, selected } = view.value
  const service = selected !== null && !selected.includes('>') ? selected : null
  return (
    <Known told={told} what="Traces">
      {(traces) => (
        <div class={open === null ? 'split' : 'split is-open'}>
          <TraceList
            traces={service === null ? traces : traces.filter((one) => one.services.includes(service))}
            service={service}
          />
          {open === null ? (
            <Empty title="Pick a trace to see where its time went.">
              Attempts, waits and refusals stand out in it.
            </Empty>
          ) : (
            <OpenTrace key={open} traceId={open} />
          )}
        </div>
      )}
    </Known>
  )
}

function TraceList({
  traces,
  service,
}: {
  readonly traces: readonly TraceSummary[]
  readonly service: string | null
}): JSX.Element {
  if (traces.length === 0)
    return service === null ? (
      <Empty title="No trace has come yet.">Send a request, or turn tracing on in the document.</Empty>
    ) : (
      <Empty title={`None of the newest traces touches ${service}.`}>
        Close its panel to see all of them.
      </Empty>
    )
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Newest traces">
      <table class="table table-traces">
        <TableHead
          columns={[
            `Trace${service === null ? '' : `s through ${service}`}`,
            { figures: 'Took' },
            'What stands out',
            { figures: 'Spans' },
            'At',
          ]}
        />
        <tbody>
          {traces.map((trace) => (
            <TraceRow key={trace.traceId} trace={trace} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function TraceRow({ trace }: { readonly trace: TraceSummary }): JSX.Element {
  const { traceId, name, service, startedAt, durationMs, spanCount, isError, retries, refusals } = trace
  const isOpen = view.value.trace === traceId
  return (
    <tr class={`${isError ? 'row-critical' : ''}${isOpen ? ' is-selected' : ''}`}>
      <th scope="row">
        <button
          type="button"
          class="link"
          aria-pressed={isOpen}
          onClick={() => show({ trace: isOpen ? null : traceId })}
        >
          {name}
        </button>{' '}
        <span class="faint">{service}</span>
      </th>
      <td class="number">{formatDuration(durationMs)}</td>
      <td>
        {isError && <span class="tag tag-critical">failed</span>}
        {retries > 0 && <span class="tag">{retries} retried</span>}
        {refusals > 0 && <span class="tag tag-warning">{refusals} refused</span>}
      </td>
      <td class="number">{spanCount}</td>
      <td>{formatClock(startedAt)}</td>
    </tr>
  )
}

function OpenTrace({ traceId }: { readonly traceId: string }): JSX.Element {
  const asked = useAsked<Trace>(`api/traces/${encodeURIComponent(traceId)}`, TRACE_EVERY_MS)
  const { answer, failure } = asked.value
  if (answer !== null) return <Waterfall trace={answer} />
  return failure === null ? (
    <Empty title="Reading the trace …" />
  ) : (
    <Empty title="This trace cannot be shown.">{failure}</Empty>
  )
}
