import { fittingPlan, type Room } from './fitting-plan.js'
import type { GraphShape } from './graph-plan.js'

/** What is to be laid out, and the room that there is for it. */
export interface PlanQuestion {
  readonly shape: GraphShape
  readonly room: Room
}

globalThis.addEventListener('message', ({ data }: MessageEvent<PlanQuestion>) => {
  globalThis.postMessage(fittingPlan(data.shape, data.room), { transfer: [] })
})
