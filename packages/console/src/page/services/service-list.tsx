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

/** A row is drawn once; what changes of it are words, each by itself. */
function ServiceRow({ name }: { readonly name: string }): JSX.Element | null {
  const isSelected = useComputed(() => view.value.selected === name)
  const isThere = useComputed(() => serviceStand(name).value !== null)
  const level = useComputed(() => serviceStand(name).value?.level ?? 'unknown')
  const names = useComputed(() => `row-${level.value}${isSelected.value ? ' is-selected' : ''}`)
  const isKnown = useComputed(() => serviceStand(name).value?.signals.known === true)
  const budget = useComputed(() => {
    const objective = tightestObjective(serviceStand(name).value?.objectives ?? [])
    return objective === undefined ? 'none' : formatShare(objective.budgetLeft)
  })
  if (!isThere.value) return null
  return (
    <tr class={names}>
      <th scope="row">
        <LevelMark level={level.value} />
        <button type="button" class="link" aria-pressed={isSelected} onClick={() => show({ selected: name })}>
          {name}
        </button>
      </th>
      {isKnown.value ? <SignalCells name={name} /> : <UnknownCells name={name} />}
      <td class="number">{budget}</td>
    </tr>
  )
}

function SignalCells({ name }: { readonly name: string }): JSX.Element {
  const known = useComputed(() => {
    const signals = serviceStand(name).value?.signals
    return signals?.known === true ? signals.value : null
  })
  const rate = useComputed(() => formatRate(known.value?.ratePerSecond ?? null))
  const errors = useComputed(() => formatShare(known.value?.errorShare ?? null))
  const p99 = useComputed(() => formatDuration(known.value?.p99Ms ?? null))
  return (
    <>
      <td class="number">{rate}</td>
      <td class="number">{errors}</td>
      <td class="number">{p99}</td>
    </>
  )
}

function UnknownCells({ name }: { readonly name: string }): JSX.Element {
  const signals = serviceStand(name).value?.signals
  const { source, reason } = signals?.known === false ? signals : { source: '', reason: '' }
  return (
    <td colSpan={3} class="faint" title={`${source}: ${reason}`}>
      {reason}
    </td>
  )
}
