/** One policy of a registry, and its links in the order of use. */
export class Member<P> {
  readonly key: string
  readonly policy: P
  /** Monotonic milliseconds. */
  usedAt: number
  older: Member<P> | undefined = undefined
  newer: Member<P> | undefined = undefined

  constructor(key: string, policy: P, now: number) {
    this.key = key
    this.policy = policy
    this.usedAt = now
  }
}

/**
 * Members by key and in the order of their last use: a map and a linked list through its values. Everything is
 * O(1), and a use allocates nothing, unlike reinserting into the map.
 */
export class MemberList<P> {
  readonly #byKey: Map<string, Member<P>> = new Map()
  #oldest: Member<P> | undefined = undefined
  #newest: Member<P> | undefined = undefined

  get size(): number {
    return this.#byKey.size
  }

  get oldest(): Member<P> | undefined {
    return this.#oldest
  }

  find(key: string): Member<P> | undefined {
    return this.#byKey.get(key)
  }

  /** All members, the one used longest ago first, as they are now. */
  all(): readonly Member<P>[] {
    const members: Member<P>[] = []
    for (let member = this.#oldest; member !== undefined; member = member.newer) members.push(member)
    return members
  }

  add(member: Member<P>): void {
    this.#byKey.set(member.key, member)
    this.#link(member)
  }

  remove(member: Member<P>): void {
    this.#byKey.delete(member.key)
    this.#unlink(member)
  }

  /** The member is used now. */
  touch(member: Member<P>, now: number): void {
    member.usedAt = now
    if (member === this.#newest) return
    this.#unlink(member)
    this.#link(member)
  }

  #link(member: Member<P>): void {
    member.older = this.#newest
    if (this.#newest === undefined) this.#oldest = member
    else this.#newest.newer = member
    this.#newest = member
  }

  #unlink(member: Member<P>): void {
    const { older, newer } = member
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    member.older = undefined
    member.newer = undefined
  }
}
