import type { PendingRequest } from './endpoint.js'

/** Requests that wait for a connection, in the order in which they came. Callers that have left hold no place. */
export class WaitingRequests {
  private all: PendingRequest[] = []

  /** Those whose callers have left may be among them. */
  get count(): number {
    return this.all.length
  }

  add(request: PendingRequest): void {
    this.all.push(request)
  }

  /** Whether fewer than so many wait. */
  areFewerThan(most: number): boolean {
    if (this.all.length >= most) this.all = this.all.filter(({ isOver }) => !isOver)
    return this.all.length < most
  }

  /** Takes all of them, those whose callers have left among them. */
  takeAll(): readonly PendingRequest[] {
    const { all } = this
    this.all = []
    return all
  }

  /** Takes the first that still waits. */
  next(): PendingRequest | undefined {
    for (let next = this.all.shift(); next !== undefined; next = this.all.shift()) {
      if (!next.isOver) return next
    }
    return undefined
  }
}
