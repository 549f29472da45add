import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Empty } from '../parts/known.js'
import { show } from '../state/shown.js'
import type { FittingPlan } from './fitting-plan.js'
import { plannedGraph, planFailure, planInto } from './planned-graph.js'
import { GraphEdge } from './graph-edge.js'
import type { Point } from './graph-plan.js'
import { GraphNode } from './graph-node.js'
import { type ArrowKey, nearestPlace } from './nearest-place.js'

/** Smaller than so nobody can read a figure, and drawing hundreds of them ten times a second is what a page is slow by. */
const FIGURES_SCALE_MIN = 0.45

/** What the buttons below the graph take, so that they lie on nothing of it; the style sheet leaves as much free. */
const CONTROLS_HEIGHT = 50

const levels = ['ok', 'warning', 'critical', 'unknown'] as const

/**
 * The call graph. One of its places takes part in the order of Tab; arrow keys lead on from there, Enter opens the panel.
 * What it shows is told by its twin, the table, as well.
 */
export function CallGraph(): JSX.Element {
  const frame = useRef<HTMLDivElement>(null)
  const zoom = useSignal(1)
  const reached = useSignal<string | null>(null)
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const watch = new ResizeObserver(() => {
      planInto({ width: element.clientWidth - 2, height: element.clientHeight - CONTROLS_HEIGHT })
    })
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  // What was reached may be gone; then the first place is.
  useSignalEffect(() => {
    const nodes = plannedGraph.value?.plan.nodes
    if (nodes === undefined) return
    const now = reached.peek()
    if (now === null || !placesOf(plannedGraph.value).has(now))
      reached.value = nodes.keys().next().value ?? null
  })
  return (
    <div class="graph">
      {/* A drawing that listened itself would be a stop of Tab of its own. */}
      <div
        class="graph-frame"
        ref={frame}
        onFocusIn={(event) => {
          const place = (event.target as Element).getAttribute('data-place')
          if (place !== null) reached.value = place
        }}
      >
        {planFailure.value !== null && (
          <Empty title="The graph cannot be drawn; the table shows the same calls.">{planFailure}</Empty>
        )}
        {plannedGraph.value !== null && (
          <Drawing
            fitting={plannedGraph.value}
            zoom={zoom.value}
            reached={reached.value}
            onReach={(place) => (reached.value = place)}
          />
        )}
      </div>
      <div class="graph-zoom" role="group" aria-label="Size of the graph">
        <button
          type="button"
          onClick={() => (zoom.value = Math.max(1, zoom.value / 1.4))}
          aria-label="Smaller"
        >
          −
        </button>
        <button type="button" onClick={() => (zoom.value = 1)} aria-label="Fit the graph in">
          Fit
        </button>
        <button
          type="button"
          onClick={() => (zoom.value = Math.min(8, zoom.value * 1.4))}
          aria-label="Larger"
        >
          +
        </button>
      </div>
    </div>
  )
}

interface DrawingProps {
  readonly fitting: FittingPlan
  readonly zoom: number
  readonly reached: string | null
  readonly onReach: (place: string) => void
}

function Drawing({ fitting, zoom, reached, onReach }: DrawingProps): JSX.Element {
  const { plan, scale, isDense, isNarrow, node } = fitting
  if (plan.nodes.size === 0)
    return <Empty title="No service has been seen yet.">The document names none.</Empty>
  const onKeyDown = (event: KeyboardEvent): void => {
    const place = (event.target as Element).closest('[data-place]')?.getAttribute('data-place')
    if (place === null || place === undefined) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      show({ selected: place })
      return
    }
    if (!event.key.startsWith('Arrow')) return
    event.preventDefault()
    const next = nearestPlace(placesOf(fitting), place, event.key as ArrowKey)
    if (next === undefined) return
    onReach(next)
    const target = (event.currentTarget as Element).querySelector<SVGElement>(
      `[data-place="${CSS.escape(next)}"]`,
    )
    target?.focus()
    target?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  const size = scale * zoom
  const isBare = isNarrow || (isDense && zoom < 1.9)
  return (
    <svg
      class={`graph-drawing${isDense && zoom < 1.9 ? ' is-dense' : ''}${isNarrow ? ' is-narrow' : ''}`}
      viewBox={`0 0 ${plan.width} ${plan.height}`}
      width={plan.width * size}
      height={plan.height * size}
      role="group"
      aria-label="Call graph: arrow keys lead from place to place, Enter opens a panel"
      onKeyDown={onKeyDown}
    >
      <Arrows />
      {[...plan.edges].map(([id, { points, label }]) => (
        <GraphEdge
          key={id}
          id={id}
          points={points}
          label={label}
          isReached={reached === id}
          isBare={isBare}
        />
      ))}
      {[...plan.nodes].map(([name, place]) => (
        <GraphNode
          key={name}
          name={name}
          place={place}
          size={node}
          hasFigures={size >= FIGURES_SCALE_MIN}
          isReached={reached === name}
        />
      ))}
    </svg>
  )
}

/** The end of a line, in the colour of each level. */
function Arrows(): JSX.Element {
  return (
    <defs>
      {levels.map((level) => (
        <marker
          key={level}
          id={`arrow-${level}`}
          class={`arrow-${level}`}
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0 0 8 4 0 8Z" />
        </marker>
      ))}
    </defs>
  )
}

function placesOf(fitting: FittingPlan | null): ReadonlyMap<string, Point> {
  if (fitting === null) return new Map()
  const edges = [...fitting.plan.edges].map(([id, { label }]) => [id, label] as const)
  return new Map([...fitting.plan.nodes, ...edges])
}
