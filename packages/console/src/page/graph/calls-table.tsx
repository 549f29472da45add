import type { JSX } from 'preact'
import { formatRate, formatShare } from '../format/format-count.js'
import { formatDuration } from '../format/format-duration.js'
import { LevelMark } from '../parts/level-mark.js'
import { show, shown, view } from '../state/shown.js'
import { edgeStand } from '../state/stands.js'
import { breakerText } from './edge-text.js'
import { TableHead } from '../parts/table-head.js'

/** The graph in rows: the same calls, figures and states, for who reads with ears or wants to compare. */
export function CallsTable(): JSX.Element {
  const ids = (shown.value?.edges ?? []).map(({ id }) => id)
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Calls as a table">
      <table class="table">
        <TableHead
          columns={[
            'Call',
            { figures: 'Rate/s' },
            { figures: 'Errors' },
            { figures: 'p50' },
            { figures: 'p99' },
            'Breaker',
            { figures: 'Retries/s' },
            { figures: 'Refused/s' },
          ]}
        />
        <tbody>
          {ids.map((id) => (
            <CallRow key={id} id={id} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CallRow({ id }: { readonly id: string }): JSX.Element | null {
  const edge = edgeStand(id).value
  if (edge === null) return null
  const { from, to, level, signals } = edge
  const isSelected = view.value.selected === id
  return (
    <tr class={`row-${level}${isSelected ? ' is-selected' : ''}`}>
      <th scope="row">
        <LevelMark level={level} />
        <button type="button" class="link" aria-pressed={isSelected} onClick={() => show({ selected: id })}>
          {from} → {to}
        </button>
      </th>
      {signals.known ? (
        <>
          <td class="number">{formatRate(signals.value.ratePerSecond)}</td>
          <td class="number">{formatShare(signals.value.errorShare)}</td>
          <td class="number">{formatDuration(signals.value.p50Ms)}</td>
          <td class="number">{formatDuration(signals.value.p99Ms)}</td>
          <td>{breakerText(signals.value.breaker) ?? signals.value.breaker ?? 'not known'}</td>
          <td class="number">{formatRate(signals.value.retriesPerSecond)}</td>
          <td class="number">{formatRate(signals.value.refusalsPerSecond)}</td>
        </>
      ) : (
        <td colSpan={7}>
          {signals.source}: {signals.reason}
        </td>
      )}
    </tr>
  )
}
