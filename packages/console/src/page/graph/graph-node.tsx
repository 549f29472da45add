import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { ServiceStand } from '../../model/service-stand.js'
import { formatRate, formatShare } from '../format/format-count.js'
import { formatPercentiles } from '../format/format-duration.js'
import { LevelShape } from '../parts/level-mark.js'
import { show, view } from '../state/shown.js'
import { serviceStand } from '../state/stands.js'
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

/** A service: its name, its level, and what passes through it. */
export function GraphNode({ name, place, size, hasFigures, isReached }: GraphNodeProps): JSX.Element | null {
  const isSelected = useComputed(() => view.value.selected === name)
  const stand = serviceStand(name).value
  if (stand === null) return null
  const { nodeWidth, nodeHeight } = size
  const isFull = nodeWidth >= FULL_WIDTH
  const [traffic, time] = nodeLines(stand)
  const names = ['node', `node-${stand.level}`, `is-${stand.kind}`]
  if (isSelected.value) names.push('is-selected')
  return (
    <g
      class={names.join(' ')}
      role="button"
      tabindex={isReached ? 0 : -1}
      data-place={name}
      aria-label={[[name, traffic, time].join(' ').trim(), stand.level, ...stand.because].join(', ')}
      aria-pressed={isSelected.value}
      transform={`translate(${place.x - nodeWidth / 2},${place.y - nodeHeight / 2})`}
      onClick={() => show({ selected: name })}
    >
      <rect class="node-box" width={nodeWidth} height={nodeHeight} rx="8" />
      <svg x="10" y="8" width="14" height="14" viewBox="0 0 16 16">
        <LevelShape level={stand.level} />
      </svg>
      <text class="node-name" x="30" y="20">
        {shortened(name, isFull ? 15 : 11)}
      </text>
      {hasFigures && (
        <>
          {/* So that the lines are words, and not one word, to whoever reads them aloud. */}{' '}
          <text class="node-figures" x="10" y="36">
            {isFull ? traffic : traffic.replace(' errors', '')}
          </text>{' '}
          {isFull && (
            <text class="node-figures" x="10" y="50">
              {time}
            </text>
          )}
        </>
      )}
    </g>
  )
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
