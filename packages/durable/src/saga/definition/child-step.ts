import { callback, checkOptions, required } from '@watertight/policy/options'
import { builtSaga } from './built-saga.js'
import type { SagaDefinition, StepCode } from './saga-definition.js'
import { isFinal, type StepPlan } from './saga-plan.js'
import type { StepContext, StepOptions } from './step-options.js'
import { stepPlanOf } from './step-plan-of.js'

export interface ChildOptions<Input, Results, ChildInput, ChildResults> {
  readonly saga: SagaDefinition<ChildInput, ChildResults>
  readonly input: (context: StepContext<Input, Results>) => ChildInput
}

/** The code by which a child that ended undone refuses. */
export const childCompensated = 'child-compensated'

/** A step whose work is another saga. Engines know how to run a child; here is only what decisions need of it. */
export function childStep<Input, Results, ChildInput, ChildResults>(
  saga: string,
  name: string,
  given: ChildOptions<Input, Results, ChildInput, ChildResults>,
): [StepPlan, StepCode] {
  const rules = { saga: required(builtSaga), input: required(callback) }
  checkOptions(`child ${name} of saga ${saga}`, given, rules)
  const { saga: child, input } = given
  // A child that is past its point of no return would be asked to undo itself for ever.
  const canBeUndone = !child.plan.stages.flat().some(isFinal)
  const options: StepOptions<Input, Results, unknown> = {
    run: input,
    ...(canBeUndone ? { compensate: input } : {}),
    refusals: [childCompensated],
    dependency: `${saga}/${name}`,
  }
  const code = { run: input as unknown as StepCode['run'], child: child as SagaDefinition }
  return [stepPlanOf(saga, name, options), code]
}
