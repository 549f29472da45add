/**
 * How many frames of a kind a peer may send that cost work and ask for nothing: so many at once, and so many a second. A
 * bucket of tokens that looks at the clock only once it is empty.
 */
export class FrameAllowance {
  private readonly burst: number
  private readonly perSecond: number
  private left: number
  private since: number

  constructor({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }, now: number) {
    this.burst = burst
    this.perSecond = perSecond
    this.left = burst
    this.since = now
  }

  /** `false` when there are too many. */
  take(clock: { now(): number }): boolean {
    if (this.left < 1) this.refill(clock.now())
    this.left -= 1
    return this.left >= 0
  }

  /** Something has been done that such frames belong to. */
  give(frames: number): void {
    this.left = Math.min(this.burst, this.left + frames)
  }

  private refill(now: number): void {
    const earned = ((now - this.since) / 1_000) * this.perSecond
    this.left = Math.min(this.burst, this.left + earned)
    this.since = now
  }
}
