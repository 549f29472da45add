export { decide } from './decisions/decide.js'
export { begin, evolve } from './decisions/evolve.js'
export type { SagaCommand } from './decisions/saga-command.js'
export type { SagaEvent, StepOutcome } from './decisions/saga-event.js'
export type { SagaState, SagaStatus, StepState, StepStatus, TurnBack } from './decisions/saga-state.js'
export type { TimelineEntry, TimelineEvent } from './decisions/timeline.js'
export type { ChildOptions } from './definition/child-step.js'
export type { SagaOptions, SignalOptions } from './definition/saga.js'
export { saga, SagaBuilder } from './definition/saga.js'
export type { SagaDefinition, StepCode, VersionMove } from './definition/saga-definition.js'
export type { RetryPlan, SagaPlan, StepPlan } from './definition/saga-plan.js'
export type { SchemaIssue, SchemaResult, StandardSchema } from './definition/standard-schema.js'
export type {
  CompensationContext,
  CompensationOptions,
  StepContext,
  StepOptions,
  StepRetryOptions,
} from './definition/step-options.js'
export { NothingToUndo, StepRefusal } from './definition/step-refusal.js'
export type { SagaEngineOptions } from './engine/saga-engine-options.js'
export { openSagaEngine } from './engine/open-saga-engine.js'
export { openTemporalEngine } from './temporal/open-temporal-engine.js'
export type { TemporalEngineOptions } from './temporal/temporal-options.js'
export type {
  FoundStatus,
  SagaEngine,
  SagaErrorCode,
  SagaHandle,
  SagaListOptions,
  SagaOutcome,
  SagaView,
  StartOptions,
} from './engine/saga-engine.js'
export { SagaError } from './engine/saga-engine.js'
export { type WaitingSagas, waitingSagas } from './queries/waiting-sagas.js'
