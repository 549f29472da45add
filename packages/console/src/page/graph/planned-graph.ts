import { effect, type Signal, signal } from '@preact/signals'
import { topology } from '../state/stands.js'
import type { FittingPlan, Room } from './fitting-plan.js'
import type { GraphShape } from './graph-plan.js'

/** What `worker/main.ts` is asked: what is to be laid out, and the room that there is for it. */
export interface PlanQuestion {
  readonly shape: GraphShape
  readonly room: Room
}

/** Where the graph is drawn; nothing is planned before there is any. */
const room: Signal<Room> = signal({ width: 0, height: 0 })
/** The last plan: it stays until something comes or goes, or the room changes, and while the next one is made. */
export const plannedGraph: Signal<FittingPlan | null> = signal(null)
/** Why there is no plan; null when there is one, or will be. */
export const planFailure: Signal<string | null> = signal(null)

let isFollowing = false

export function planInto({ width, height }: Room): void {
  const { width: before, height: heightBefore } = room.peek()
  if (width !== before || height !== heightBefore) room.value = { width, height }
  if (isFollowing) return
  isFollowing = true
  followPlan()
}

/** Plans beside the page: for a large graph it takes a second, in which nothing could be drawn or pressed. */
function followPlan(): void {
  const worker = new Worker('graph-worker.js', { type: 'module' })
  let wanted: PlanQuestion | null = null
  let isBusy = false
  const askNext = (): void => {
    if (isBusy || wanted === null) return
    isBusy = true
    worker.postMessage(wanted, [])
    wanted = null
  }
  worker.addEventListener('message', ({ data }: MessageEvent<FittingPlan>) => {
    isBusy = false
    plannedGraph.value = data
    askNext()
  })
  worker.addEventListener('error', ({ message }) => {
    planFailure.value = message === '' ? 'graph-worker.js could not be loaded' : message
  })
  effect(() => {
    const { value } = room
    const shape = topology.value
    if (value.width <= 0) return
    wanted = { shape, room: value }
    askNext()
  })
}
