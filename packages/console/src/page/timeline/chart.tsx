import { effect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { isDark } from '../state/theme.js'

export interface ChartLine {
  readonly label: string
  /** The name of a colour of the style sheet: `--accent`. */
  readonly colour: string
  readonly isFilled?: boolean
  readonly format: (value: number | null) => string
  /** What the top of its scale stands for at least, so that little looks little. */
  readonly floor?: number
}

interface ChartProps {
  readonly title: string
  readonly height: number
  readonly lines: readonly ChartLine[]
  /** Read anew whenever a signal that it reads has changed: times in ms, then a column for each line. */
  readonly read: () => {
    readonly at: readonly number[]
    readonly columns: readonly (readonly (number | null)[])[]
  }
  /** The stretch of time that is drawn, in ms. */
  readonly range: () => readonly [number, number]
  readonly hasAxis?: boolean
}

/** Lines over time. The numbers stand beside the chart in words, so that it is a picture and nothing else. */
export function Chart(props: ChartProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = host.current
    if (element === null) return
    return effect(() => {
      // Colours are those of the theme: another theme is another chart.
      void isDark.value
      const plot = new uPlot(optionsOf(props, element), [[], ...props.lines.map(() => [])], element)
      const resize = new ResizeObserver(() => {
        plot.setSize({ width: element.clientWidth, height: props.height })
      })
      resize.observe(element)
      const stop = effect(() => {
        const { at, columns } = props.read()
        plot.setData([at.map((ms) => ms / 1_000), ...columns.map((column) => [...column])], false)
        const [min, max] = props.range()
        plot.batch(() => {
          plot.setScale('x', { min: min / 1_000, max: max / 1_000 })
        })
      })
      return () => {
        stop()
        resize.disconnect()
        plot.destroy()
      }
    })
  }, [])
  return (
    <div
      class="chart"
      ref={host}
      role="img"
      aria-label={props.title}
      style={{ height: `${props.height}px` }}
    />
  )
}

function optionsOf({ lines, height, hasAxis = false }: ChartProps, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element)
  const colourOf = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colourOf('--ink-soft'),
    font: '11px Inter, system-ui, sans-serif',
    ticks: { show: false },
  }
  const grid = { stroke: colourOf('--line'), width: 1 }
  const scales = Object.fromEntries(
    lines.map(({ floor }, index) => [`y${index}`, { range: rangeFromZero(floor) }]),
  )
  return {
    width: element.clientWidth,
    height,
    padding: [6, 0, 2, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: true }, ...scales },
    axes: [
      { ...axis, grid: { show: false }, size: 18, gap: 2, show: hasAxis, values: clockValues },
      {
        ...axis,
        grid,
        scale: 'y0',
        size: 44,
        gap: 4,
        space: 22,
        values: (_, splits) => splits.map((value) => lines[0]?.format(value) ?? ''),
      },
    ],
    series: [
      {},
      ...lines.map(({ colour, isFilled = false }, index) => ({
        scale: lines.length > 1 && lines[index]?.format === lines[0]?.format ? 'y0' : `y${index}`,
        stroke: colourOf(colour),
        width: 1.5,
        points: { show: false },
        ...(isFilled ? { fill: `${colourOf(colour)}22` } : {}),
      })),
    ],
  }
}

/** From zero, so that a small change looks small; never less than a sliver, so that a flat line lies at the bottom. */
function rangeFromZero(floor = 0.001): uPlot.Range.Function {
  return (_plot, _min, max) => [0, Math.max(max ?? 0, floor) * 1.15]
}

/** Half of a label, which would be cut at the right end. */
const LABEL_HALF = 20

const clockValues = (plot: uPlot, splits: number[]): string[] =>
  splits.map((seconds) => {
    if (plot.valToPos(seconds, 'x') > plot.over.clientWidth - LABEL_HALF) return ''
    const time = new Date(seconds * 1_000)
    const two = (value: number): string => String(value).padStart(2, '0')
    return `${two(time.getHours())}:${two(time.getMinutes())}${time.getSeconds() === 0 ? '' : `:${two(time.getSeconds())}`}`
  })
