import type { JSX } from 'preact'
import type { Trace } from '../../model/trace.js'
import { formatDuration } from '../format/format-duration.js'
import { show } from '../state/shown.js'
import { type WaterfallRow, waterfallRows } from './waterfall-rows.js'

const TICKS = [0, 0.25, 0.5, 0.75, 1]
const WIDTH_MIN = 0.004

/** Where the time of one request went: each span in its place, and what a policy did to it. */
export function Waterfall({ trace }: { readonly trace: Trace }): JSX.Element {
  const { name, traceId, durationMs } = trace.summary
  return (
    <div class="waterfall scroll" tabIndex={0} role="region" aria-label={`Waterfall of ${name}`}>
      <div class="waterfall-head">
        <h3>
          {name} <span class="faint">{formatDuration(durationMs)}</span>
        </h3>
        <code class="faint">{traceId}</code>
        <button
          type="button"
          class="quiet"
          onClick={() => show({ trace: null })}
          aria-label="Close the trace"
        >
          <span aria-hidden="true">×</span>
        </button>
      </div>
      <div class="waterfall-axis" aria-hidden="true">
        {TICKS.map((share) => (
          <span key={share} style={{ left: `${share * 100}%` }}>
            {formatDuration(share * durationMs)}
          </span>
        ))}
      </div>
      <ol class="waterfall-rows">
        {waterfallRows(trace).map((row) => (
          <Row key={row.span.spanId} row={row} />
        ))}
      </ol>
    </div>
  )
}

function Row({ row }: { readonly row: WaterfallRow }): JSX.Element {
  const { span, depth, start, width, marks } = row
  const { service, name, kind, durationMs, attempt, status, isError } = span
  const said = [
    ...(attempt === null ? [] : [`attempt ${attempt}`]),
    ...(status === null ? [] : [String(status)]),
    ...marks.map(({ text }) => text),
  ]
  return (
    <li class={`span span-${kind}${isError ? ' is-error' : ''}`}>
      <span class="span-name" style={{ paddingInlineStart: `${depth * 12}px` }}>
        <b>{service}</b> {name}
      </span>
      <span class="span-track">
        <span
          class="span-bar"
          style={{ left: `${start * 100}%`, width: `${Math.max(width, WIDTH_MIN) * 100}%` }}
        />
        {marks.map(({ at, kind: mark, text }, index) => (
          <span
            key={index}
            class={`span-mark mark-${mark}`}
            style={{ left: `${at * 100}%` }}
            title={text}
            aria-hidden="true"
          />
        ))}
      </span>
      <span class="span-took">{formatDuration(durationMs)}</span>
      <span class="span-said">
        {isError && <span class="tag tag-critical">failed</span>}
        {said.join(' · ')}
      </span>
    </li>
  )
}
