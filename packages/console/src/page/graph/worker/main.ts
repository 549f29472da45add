import { fittingPlan } from '../fitting-plan.js'
import type { PlanQuestion } from '../planned-graph.js'

globalThis.addEventListener('message', ({ data }: MessageEvent<PlanQuestion>) => {
  globalThis.postMessage(fittingPlan(data.shape, data.room), { transfer: [] })
})
