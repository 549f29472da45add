import { OptionError } from '@watertight/policy/options'
import { canFail, isFinal, type SagaPlan } from './saga-plan.js'

/**
 * A step that has an effect and no compensation is the point of no return of its saga. Whatever is started with it or after
 * it must not be able to turn the saga back, or its effect would stay behind without a word.
 */
export function refuseUnguardedSteps({ name, stages }: SagaPlan): void {
  for (const [index, stage] of stages.entries()) {
    for (const step of stage) {
      if (!isFinal(step)) continue
      const later = [...stage.filter((other) => other !== step), ...stages.slice(index + 1).flat()]
      const failing = later.find(canFail)
      if (failing === undefined) continue
      throw new OptionError(
        `cannot create saga ${name}: step ${step.name} must have compensate, as must each step of a child, or effect: 'none', ` +
          `because ${failing.name} can fail when it is done, got neither`,
        step.name,
      )
    }
  }
}
