import { useComputed, useSignal } from '@preact/signals'
import { Fragment, type JSX } from 'preact'
import { show, view } from '../state/shown.js'
import { edgeStand, second } from '../state/stands.js'
import { edgePath } from './edge-path.js'
import { edgeSentence, edgeText } from './edge-text.js'
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

/**
 * A call: its line, and what is to be said of it in the middle. It is drawn once; what changes of it are attributes, each by itself.
 */
export function GraphEdge({ id, points, label, isReached, isBare }: GraphEdgeProps): JSX.Element | null {
  const standing = useComputed(() => {
    const { selected } = view.value
    if (selected === id) return 'selected'
    return selected !== null && id.split('>').includes(selected) ? 'near' : 'far'
  })
  const isLookedAt = useSignal(false)
  const isThere = useComputed(() => edgeStand(id).value !== null)
  const level = useComputed(() => edgeStand(id).value?.level ?? 'unknown')
  const names = useComputed(() => {
    const stand = edgeStand(id).value
    const isQuiet = stand?.signals.known === true && stand.signals.value.ratePerSecond === 0
    const optional = stand?.optional === true ? ' is-optional' : ''
    return `edge edge-${level.value} is-${standing.value}${isQuiet ? ' is-quiet' : ''}${optional}`
  })
  const breaker = useComputed(() => {
    const signals = edgeStand(id).value?.signals
    return signals?.known === true ? signals.value.breaker : null
  })
  const sentence = useComputed(() => {
    void [second.value, level.value, breaker.value]
    const stand = edgeStand(id).peek()
    return stand === null ? '' : edgeSentence(stand)
  })
  const isOutstanding = useComputed(() => {
    const isCalm = level.value === 'ok' || level.value === 'unknown'
    return !isCalm || isLookedAt.value || standing.value !== 'far'
  })
  const arrow = useComputed(() => `url(#arrow-${level.value})`)
  const isSelected = useComputed(() => standing.value === 'selected')
  if (!isThere.value) return null
  const path = edgePath(points)
  return (
    <g
      class={names}
      role="button"
      tabindex={isReached ? 0 : -1}
      data-place={id}
      aria-label={sentence}
      aria-pressed={isSelected}
      onClick={() => show({ selected: id })}
      onPointerEnter={() => (isLookedAt.value = true)}
      onPointerLeave={() => (isLookedAt.value = false)}
    >
      <path class="edge-reach" d={path} />
      <path class="edge-line" d={path} marker-end={arrow} />
      {(!isBare || isReached || isOutstanding.value) && <EdgeLabel id={id} place={label} />}
    </g>
  )
}

function EdgeLabel({ id, place }: { readonly id: string; readonly place: Point }): JSX.Element | null {
  const stand = edgeStand(id).value
  if (stand === null) return null
  const { traffic, time, breaker } = edgeText(stand)
  const lines = [traffic, time].filter((line) => line !== '')
  const height = (lines.length + (breaker === null ? 0 : 1)) * 14 + 6
  return (
    <g class="edge-label" transform={`translate(${place.x},${place.y})`}>
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
  )
}
