import type { Colors } from '../status/colors.js'
import type { Screen } from '../status/screen.js'
import type { System } from '../system/system.js'
import type { Arguments } from './arguments.js'
import type { Drills } from './drills.js'

/** What a run works with. */
export interface RunOptions {
  readonly system: System
  readonly drills: Drills
  readonly wanted: Arguments
  readonly screen: Screen
  readonly colors: Colors
  /** Ends the run early. */
  readonly stop: AbortSignal
}
