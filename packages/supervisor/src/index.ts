export { ControlClient, RefusedByRunError, type RunStatus } from './control/control-client.js'
export { ControlServer } from './control/control-server.js'
export { PortTakenError } from './plan/run-ports.js'
export type { ProgramState } from './processes/supervised-program.js'
export {
  AlreadyRunningError,
  type ProgramStatus,
  Run,
  type RunOptions,
  UnknownProgramError,
} from './system/run.js'
export { describeEvent, type RunEvent } from './system/run-event.js'
export type { ControlPlace, RunFolder } from './system/run-folder.js'
