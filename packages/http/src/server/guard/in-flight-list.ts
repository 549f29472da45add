/** A member of a `InFlightList`. Its links are kept in it, so that entering and leaving allocate nothing. */
export abstract class Listed {
  previous: Listed | undefined = undefined
  next: Listed | undefined = undefined
}

/** Those under way, the latest first: entering and leaving are O(1). */
export class InFlightList<T extends Listed> {
  private first: Listed | undefined = undefined
  private count: number = 0

  get size(): number {
    return this.count
  }

  add(member: T): void {
    const first = this.first
    member.next = first
    if (first !== undefined) first.previous = member
    this.first = member
    this.count += 1
  }

  /** Once for each member that was added. */
  remove(member: T): void {
    const { previous, next } = member
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next !== undefined) next.previous = previous
    member.previous = undefined
    member.next = undefined
    this.count -= 1
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let member = this.first; member !== undefined; member = member.next) yield member as T
  }
}
