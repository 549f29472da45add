/** State of a policy as plain JSON. Whatever has no state worth keeping has `state: null`. */
export interface Snapshot {
  readonly version: 1
  readonly policy: string
  readonly state: unknown
}
