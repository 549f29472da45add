import type { SlotSeeker } from '@watertight/traffic'
import type { Admissions } from './admissions.js'
import type { Caller } from './caller.js'
import { callersPriority } from './callers-priority.js'

/** Who hears whether a request may go on. */
export interface AdmissionOwner {
  admitted(): void
  shed(): void
}

/** A request on its way through the admissions of its listener: let in at once or after a wait, or shed. */
export class AdmittedRequest implements SlotSeeker {
  private readonly admissions: Admissions
  private readonly owner: AdmissionOwner
  private permit: number = 0
  private startedAt: number = 0
  private stopWaiting: (() => void) | undefined = undefined

  constructor(admissions: Admissions, owner: AdmissionOwner) {
    this.admissions = admissions
    this.owner = owner
  }

  seek(caller: Caller, now: number, deadline: number): void {
    this.stopWaiting = this.admissions.seek(this, now, callersPriority(caller), deadline - now)
  }

  granted(permit: number, now: number): void {
    this.permit = permit
    this.startedAt = now
    this.stopWaiting = undefined
    this.owner.admitted()
  }

  shed(): void {
    this.stopWaiting = undefined
    this.owner.shed()
  }

  /** It is over, or has become a tunnel, whose end nobody knows. */
  ended(outcome: 'success' | 'failure' | 'ignored'): void {
    this.stopWaiting?.()
    this.stopWaiting = undefined
    if (this.permit > 0) this.admissions.settle(this.permit, this.startedAt, outcome)
    this.permit = 0
  }
}
