/** A partition as a member of a group sees it. */
export interface PartitionLease {
  readonly partition: number
  /** Who holds it; null when nobody does, or when the lease has passed. */
  readonly owner: string | null
}

export interface AssignmentView {
  readonly me: string
  /** Everybody who is alive, `me` among them or not. */
  readonly members: readonly string[]
  readonly leases: readonly PartitionLease[]
}

export interface Assignment {
  /** Free ones to take. */
  readonly claim: readonly number[]
  /** Own ones to let go, for others who have too few. */
  readonly release: readonly number[]
}

/**
 * What a member of a group does to come to its fair share. Every member decides for itself, from what all can see: there is
 * no coordinator that could be lost. Shares differ by one at the most, a member never takes from another, and once each has
 * its share nobody moves. O(partitions).
 */
export function assignPartitions({ me, members, leases }: AssignmentView): Assignment {
  const everybody = [...new Set([...members, me])].toSorted()
  const rest = leases.length % everybody.length
  const share = Math.floor(leases.length / everybody.length) + (everybody.indexOf(me) < rest ? 1 : 0)
  const own = leases.filter(({ owner }) => owner === me).map(({ partition }) => partition)
  const free = leases.filter(({ owner }) => owner === null).map(({ partition }) => partition)
  return { claim: free.slice(0, Math.max(0, share - own.length)), release: own.slice(share) }
}
