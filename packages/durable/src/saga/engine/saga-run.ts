import type { Timer } from '@watertight/policy/decisions'
import type { SagaEvent } from '../decisions/saga-event.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import type { LanePlace } from './lane.js'
import type { LazyAbort } from './lazy-abort.js'

/** A step under way: how to tell it to stop, and its place in the lane of its dependency. */
export interface InFlight {
  readonly stop: LazyAbort
  readonly place: LanePlace
  /** Whether its code was called. */
  begun: boolean
}

/** One saga that this worker has. */
export class SagaRun {
  readonly id: string
  readonly definition: SagaDefinition
  readonly parent: string | null
  readonly epoch: number
  revision: number
  state: SagaState
  /** What has happened since the state was written. */
  events: SagaEvent[] = []
  /** How many of its requests are among the events, or in the state and not yet taken off the row. */
  requestsTaken = 0
  /** Whether the state is to be written although nothing has happened: it was moved to another version. */
  isMoved = false
  isWriting = false
  /** Whether requests are being checked before they are taken in. */
  isTaking = false
  isGone = false
  wakeTimer: Timer | undefined
  readonly inFlight: Map<string, InFlight> = new Map()

  constructor(fields: Pick<SagaRun, 'id' | 'definition' | 'parent' | 'epoch' | 'revision' | 'state'>) {
    this.id = fields.id
    this.definition = fields.definition
    this.parent = fields.parent
    this.epoch = fields.epoch
    this.revision = fields.revision
    this.state = fields.state
  }

  /** Whether any step of it is under way, and does not only wait its turn. */
  get isBusy(): boolean {
    for (const { place } of this.inFlight.values()) if (!place.isWaiting) return true
    return false
  }
}
