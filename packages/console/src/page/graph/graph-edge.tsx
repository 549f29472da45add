import { useComputed, useSignal } from '@preact/signals'
import { Fragment, type JSX } from 'preact'
import { show, view } from '../state/shown.js'
import { edgeStand } from '../state/stands.js'
import { edgePath } from './edge-path.js'
import { edgeText } from './edge-text.js'
import type { Point } from './graph-plan.js'

interface GraphEdgeProps {
  readonly id: string
  readonly points: readonly Point[]
  readonly label: Point
  readonly isReached: boolean
  /** Whether figures are drawn only where something stands out, or somebody looks. */
  readonly isBare: boolean
}

const LABEL_WIDTH = 92

/** A call: its line, and what is to be said of it in the middle. */
export function GraphEdge({ id, points, label, isReached, isBare }: GraphEdgeProps): JSX.Element | null {
  const standing = useComputed(() => {
    const { selected } = view.value
    if (selected === id) return 'selected'
    return selected !== null && id.split('>').includes(selected) ? 'near' : 'far'
  })
  const isLookedAt = useSignal(false)
  const stand = edgeStand(id).value
  if (stand === null) return null
  const { traffic, time, breaker, level, sentence } = edgeText(stand)
  const isQuiet = stand.signals.known && stand.signals.value.ratePerSecond === 0
  const names = ['edge', `edge-${level}`, `is-${standing.value}`, ...(isQuiet ? ['is-quiet'] : [])]
  if (stand.optional) names.push('is-optional')
  const isCalm = level === 'ok' || level === 'unknown'
  const hasLabel = !isBare || !isCalm || isLookedAt.value || isReached || standing.value !== 'far'
  const lines = [traffic, time].filter((line) => line !== '')
  const height = (lines.length + (breaker === null ? 0 : 1)) * 14 + 6
  return (
    <g
      class={names.join(' ')}
      role="button"
      tabindex={isReached ? 0 : -1}
      data-place={id}
      aria-label={sentence}
      aria-pressed={standing.value === 'selected'}
      onClick={() => show({ selected: id })}
      onPointerEnter={() => (isLookedAt.value = true)}
      onPointerLeave={() => (isLookedAt.value = false)}
    >
      <path class="edge-reach" d={edgePath(points)} />
      <path class="edge-line" d={edgePath(points)} marker-end={`url(#arrow-${level})`} />
      {hasLabel && (
        <g class="edge-label" transform={`translate(${label.x},${label.y})`}>
          <rect x={-LABEL_WIDTH / 2} y={-height / 2} width={LABEL_WIDTH} height={height} rx="4" />
          {breaker !== null && (
            <text class="edge-breaker" y={-height / 2 + 14}>
              {breaker}
            </text>
          )}
          {lines.length > 0 && ' '}
          {lines.map((line, index) => (
            <Fragment key={index}>
              <text y={height / 2 - 6 - (lines.length - 1 - index) * 14}>{line}</text>{' '}
            </Fragment>
          ))}
        </g>
      )}
    </g>
  )
}
