import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { formatRate, formatShare } from '../format/format-count.js'
import { formatDuration } from '../format/format-duration.js'
import { LevelMark } from '../parts/level-mark.js'
import { Empty } from '../parts/known.js'
import { show, shown, view } from '../state/shown.js'
import { serviceStand } from '../state/stands.js'
import { tightestObjective } from './tightest-objective.js'
import { TableHead } from '../parts/table-head.js'

/** Golden signals of every service, and how much of its error budget is left. */
export function ServiceList(): JSX.Element {
  const names = useComputed(() => JSON.stringify((shown.value?.services ?? []).map(({ name }) => name)))
  const list = JSON.parse(names.value) as string[]
  return (
    <section class="region services" aria-labelledby="services-title">
      <div class="region-head">
        <h2 id="services-title">Services</h2>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label="Services and their signals">
        {list.length === 0 ? (
          <Empty title="No services yet.">They come from the document of the system.</Empty>
        ) : (
          <table class="table table-services">
            <TableHead
              columns={[
                'Service',
                { figures: 'Rate/s' },
                { figures: 'Errors' },
                { figures: 'p99' },
                { figures: 'Budget' },
              ]}
            />
            <tbody>
              {list.map((name) => (
                <ServiceRow key={name} name={name} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  )
}

function ServiceRow({ name }: { readonly name: string }): JSX.Element | null {
  const isSelected = useComputed(() => view.value.selected === name)
  const service = serviceStand(name).value
  if (service === null) return null
  const { level, signals, objectives } = service
  const objective = tightestObjective(objectives)
  return (
    <tr class={`row-${level}${isSelected.value ? ' is-selected' : ''}`}>
      <th scope="row">
        <LevelMark level={level} />
        <button
          type="button"
          class="link"
          aria-pressed={isSelected.value}
          onClick={() => show({ selected: name })}
        >
          {name}
        </button>
      </th>
      {signals.known ? (
        <>
          <td class="number">{formatRate(signals.value.ratePerSecond)}</td>
          <td class="number">{formatShare(signals.value.errorShare)}</td>
          <td class="number">{formatDuration(signals.value.p99Ms)}</td>
        </>
      ) : (
        <td colSpan={3} class="faint" title={`${signals.source}: ${signals.reason}`}>
          {signals.reason}
        </td>
      )}
      <td class="number">{objective === undefined ? 'none' : formatShare(objective.budgetLeft)}</td>
    </tr>
  )
}
