import { type Frame, FramePool, Plan } from './frame.js'

/**
 * Runs the steps further in than `index` apart from their call. `settled` gets the branch's frame when it is over,
 * perhaps before this returns, and must `release` it when it has read how it ended. A branch does not hear the signal
 * of its call.
 */
export function fork(frame: Frame, index: number, attempt: number, settled: (branch: Frame) => void): Frame {
  const inner = innerPlan(frame.plan, index + 1)
  const branch = inner.frames.take(inner)
  branch.settled = settled
  branch.attempt = attempt
  branch.deadline = frame.deadline
  branch.operation = frame.operation
  branch.options = frame.options
  branch.walk(-1, true)
  return branch
}

/** The steps from `index` on as a plan of its own. */
function innerPlan(plan: Plan, index: number): Plan {
  plan.inners ??= []
  return (plan.inners[index] ??= new Plan(
    plan.steps.slice(index),
    plan.owner,
    new FramePool(plan.frames.newFrame),
  ))
}
