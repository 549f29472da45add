import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignPartitions, type PartitionLease } from './assign-partitions.js'

/** What a group looks like after one of its members has done what was decided for it. */
function after(leases: readonly PartitionLease[], me: string, members: readonly string[]): PartitionLease[] {
  const { claim, release } = assignPartitions({ me, members, leases })
  return leases.map(({ partition, owner }) => {
    if (claim.includes(partition)) return { partition, owner: me }
    return { partition, owner: release.includes(partition) ? null : owner }
  })
}

const group = fc.record({
  members: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 20 }),
  owners: fc.array(fc.option(fc.nat(40)), { minLength: 1, maxLength: 32 }),
})

test('from any state every partition comes to one member, shares differ by one, and then nobody moves', () => {
  fc.assert(
    fc.property(group, fc.infiniteStream(fc.nat(1_000)), ({ members, owners }, order) => {
      let leases: PartitionLease[] = owners.map((owner, partition) => ({
        partition,
        owner: owner === null ? null : (members[owner] ?? null),
      }))
      const turns = order[Symbol.iterator]()
      // In any order at first, then everybody twice: once to let go, once to take.
      for (let turn = 0; turn < 50; turn += 1) {
        const member = members[(turns.next().value ?? 0) % members.length]
        if (member !== undefined) leases = after(leases, member, members)
      }
      for (const member of [...members, ...members]) leases = after(leases, member, members)
      const counts = members.map((member) => leases.filter(({ owner }) => owner === member).length)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(leases.length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      for (const member of members) {
        expect(assignPartitions({ me: member, members, leases })).toEqual({ claim: [], release: [] })
      }
    }),
  )
})

test('a member takes only what is free, and lets go only of its own', () => {
  fc.assert(
    fc.property(group, ({ members, owners }) => {
      const leases = owners.map((owner, partition) => ({
        partition,
        owner: owner === null ? null : (members[owner] ?? null),
      }))
      const [me = ''] = members
      const { claim, release } = assignPartitions({ me, members, leases })
      for (const partition of claim) expect(leases[partition]?.owner).toBeNull()
      for (const partition of release) expect(leases[partition]?.owner).toBe(me)
    }),
  )
})

test('one that is not yet among the members counts itself', () => {
  const leases = [0, 1, 2, 3].map((partition) => ({ partition, owner: 'old' }))
  expect(assignPartitions({ me: 'new', members: ['old'], leases })).toEqual({ claim: [], release: [] })
  expect(assignPartitions({ me: 'old', members: ['old', 'new'], leases }).release).toHaveLength(2)
})
