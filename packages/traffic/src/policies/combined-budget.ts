import type { RetryBudget, Verdict } from '@watertight/policy/decisions'

/** Two budgets at once: a further try is made if both have something left for it. */
export class CombinedBudget implements RetryBudget {
  private readonly first: RetryBudget
  private readonly second: RetryBudget

  constructor(first: RetryBudget, second: RetryBudget) {
    this.first = first
    this.second = second
  }

  start(now: number): number {
    this.second.start(now)
    return this.first.start(now)
  }

  admit(now: number): ReturnType<RetryBudget['admit']> {
    // Asked beforehand, for what the first has admitted cannot be given back to it.
    const admitted = this.second.remaining(now) < 1 ? this.second.admit(now) : this.first.admit(now)
    if (typeof admitted === 'number') this.second.admit(now)
    return admitted
  }

  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    this.first.settle(permit, now, verdict, durationMs)
    this.second.settle(permit, now, verdict, durationMs)
  }

  remaining(now: number): number {
    return Math.min(this.first.remaining(now), this.second.remaining(now))
  }
}
