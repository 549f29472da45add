export type {
  Carried,
  Choreography,
  ChoreographyOptions,
  ChoreographyStep,
  ChoreographyEvents,
  PlannedStep,
  Refused,
} from './choreography.js'
export { defineChoreography } from './choreography.js'
export type { ChoreographyCleanUpOptions, CleanedUpChoreographies } from './clean-up.js'
export { cleanUpChoreographies } from './clean-up.js'
export type { ChoreographedStep, StepOfChoreography, UndoneStep } from './choreographed-step.js'
export type { JoinOptions, Participant } from './join-choreography.js'
export { beginChoreography, joinChoreography } from './join-choreography.js'
export type { ChoreographyMonitor, ChoreographyView, MonitorOptions } from './monitor-choreography.js'
export { monitorChoreography } from './monitor-choreography.js'
export type { ChoreographyStatus, Occurrence } from './standing.js'
