import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { ServiceStand } from '../../model/service-stand.js'
import { formatRate, formatShare } from '../format/format-count.js'
import { formatPercentiles } from '../format/format-duration.js'
import { LevelShape } from '../parts/level-mark.js'
import { show, view } from '../state/shown.js'
import { second, serviceStand } from '../state/stands.js'
import type { NodeSize } from './fitting-plan.js'
import type { Point } from './graph-plan.js'

/** Below this, there is room for a name and a rate. */
const FULL_WIDTH = 140

interface GraphNodeProps {
  readonly name: string
  readonly place: Point
  readonly size: NodeSize
  readonly hasFigures: boolean
  readonly isReached: boolean
}

/** A service: its name, its level, and what passes through it. As with a call, what changes are attributes and words. */
export function GraphNode({ name, place, size, hasFigures, isReached }: GraphNodeProps): JSX.Element | null {
  const isSelected = useComputed(() => view.value.selected === name)
  const isThere = useComputed(() => serviceStand(name).value !== null)
  const level = useComputed(() => serviceStand(name).value?.level ?? 'unknown')
  const names = useComputed(() => {
    const kind = serviceStand(name).value?.kind ?? 'service'
    return `node node-${level.value} is-${kind}${isSelected.value ? ' is-selected' : ''}`
  })
  const sentence = useComputed(() => {
    void [second.value, level.value]
    const stand = serviceStand(name).peek()
    return stand === null ? '' : nodeSentence(stand)
  })
  if (!isThere.value) return null
  const { nodeWidth, nodeHeight } = size
  return (
    <g
      class={names}
      role="button"
      tabindex={isReached ? 0 : -1}
      data-place={name}
      aria-label={sentence}
      aria-pressed={isSelected}
      transform={`translate(${place.x - nodeWidth / 2},${place.y - nodeHeight / 2})`}
      onClick={() => show({ selected: name })}
    >
      <rect class="node-box" width={nodeWidth} height={nodeHeight} rx="8" />
      <svg x="10" y="8" width="14" height="14" viewBox="0 0 16 16">
        <LevelShape level={level.value} />
      </svg>
      <text class="node-name" x="30" y="20">
        {shortened(name, nodeWidth >= FULL_WIDTH ? 15 : 11)}
      </text>
      {hasFigures && <NodeFigures name={name} isFull={nodeWidth >= FULL_WIDTH} />}
    </g>
  )
}

function NodeFigures({ name, isFull }: { readonly name: string; readonly isFull: boolean }): JSX.Element {
  const lines = useComputed(() => {
    const stand = serviceStand(name).value
    return stand === null ? (['', ''] as const) : nodeLines(stand)
  })
  const traffic = useComputed(() => {
    const [first] = lines.value
    return isFull ? first : first.replace(' errors', '')
  })
  const time = useComputed(() => lines.value[1])
  return (
    <>
      {/* So that the lines are words, and not one word, to whoever reads them aloud. */}{' '}
      <text class="node-figures" x="10" y="36">
        {traffic}
      </text>{' '}
      {isFull && (
        <text class="node-figures" x="10" y="50">
          {time}
        </text>
      )}
    </>
  )
}

function nodeSentence(stand: ServiceStand): string {
  const { name, level, because } = stand
  return [[name, ...nodeLines(stand)].join(' ').trim(), level, ...because].join(', ')
}

function nodeLines({ signals, kind }: ServiceStand): readonly [string, string] {
  if (!signals.known) return [kind === 'external' ? 'external' : 'not known', '']
  const { ratePerSecond, errorShare, p50Ms, p99Ms } = signals.value
  return [
    `${formatRate(ratePerSecond)}/s   ${formatShare(errorShare)} errors`,
    formatPercentiles(p50Ms, p99Ms),
  ]
}

const shortened = (name: string, length: number): string =>
  name.length > length ? `${name.slice(0, length - 1)}…` : name
