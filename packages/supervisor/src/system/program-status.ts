import type { ProgramKind } from '../plan/program.js'
import type { ProgramState } from '../processes/supervised-program.js'

/** How one program is. */
export interface ProgramStatus {
  readonly name: string
  readonly kind: ProgramKind
  readonly service: string
  readonly state: ProgramState
  readonly pid: number | null
  readonly port: number
  readonly restarts: number
  readonly upForMs: number | null
}
