/** A replica did not come up in its new form, so the others of its service were left as they were. */
export class RolloutStoppedError extends Error {
  readonly code = 'WT_ROLLOUT_STOPPED'

  constructor(program: string, how: string, left = 'the other replicas are left as they were') {
    super(`cannot go on: ${program} ${how}, so ${left}`)
    this.name = 'RolloutStoppedError'
  }
}
