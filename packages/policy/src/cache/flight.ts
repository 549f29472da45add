import type { Kind } from '../outcome/kind.js'
import type { Frame } from '../engine/frame.js'

/** How a run ended, for everybody who waited for it. */
export interface Answer {
  readonly kind: Kind
  readonly value: unknown
  readonly fallback: boolean
}

/** One call's place among those who wait for a run. */
export class Place {
  frame: Frame | undefined = undefined
  index: number = 0
  flight: Flight | undefined = undefined
}

/** One run of what is inside the cache, on behalf of whoever waits for it, or of nobody to refresh an entry. */
export class Flight {
  readonly key: string
  readonly background: boolean
  readonly waiting: Set<Place> = new Set()
  /** Not yet there while the run is being started, and no longer once it is over. */
  branch: Frame | undefined = undefined
  answer: Answer | undefined = undefined
  /** False once the key has been invalidated: what was asked for before that may be out of date. */
  storable: boolean = true
  /** The last caller to leave, to which the operation belongs that may still be running. */
  heir: Frame | undefined = undefined

  constructor(key: string, background: boolean) {
    this.key = key
    this.background = background
  }

  join(place: Place, frame: Frame, index: number): void {
    place.frame = frame
    place.index = index
    place.flight = this
    this.waiting.add(place)
  }

  /** A caller stops waiting; the run is cancelled when that was the last one, for the same reason. */
  leave(place: Place): void {
    const frame = place.frame!
    this.waiting.delete(place)
    place.flight = undefined
    place.frame = undefined
    if (this.background || this.waiting.size > 0 || this.answer !== undefined) return
    this.storable = false
    this.heir = frame
    this.branch?.cancel(-1, frame.kind, frame.value)
    this.heir = undefined
  }

  /** Runs of the operation that nobody waits for any more go to one caller, whose outer bulkhead counts them. */
  bequeath(branch: Frame): void {
    if (branch.abandoned === undefined) return
    const [first] = this.waiting
    const heir = this.heir ?? first?.frame
    if (heir !== undefined) (heir.abandoned ??= []).push(...branch.abandoned)
  }
}
