import { lookup } from 'node:dns'
import { isIP } from 'node:net'

/** So long the addresses of a name are taken for right. */
const INTERVAL_MS = 30_000

/** Who has connections to the addresses of a name. */
export interface NameFollower {
  /** The name has these addresses now, and no others. */
  addressesAre(addresses: ReadonlySet<string>): void
}

/**
 * Notices that a name has got other addresses. A connection that is always in use lives for as long as both of its ends, so
 * without this a service that has moved would be called at its former place until that is switched off.
 *
 * The name is looked up beside the requests, and only while there are any: there is no timer. One that cannot be looked up
 * tells nothing, for a name server that is down is no reason to leave who has answered a moment ago.
 */
export class FollowedName {
  private readonly host: string
  private readonly follower: NameFollower
  private askedAt: number
  private isAsking: boolean = false

  private constructor(host: string, follower: NameFollower, now: number) {
    this.host = host
    this.follower = follower
    this.askedAt = now
  }

  /** Undefined for what is an address already. */
  static of(host: string, follower: NameFollower, now: number): FollowedName | undefined {
    return isIP(host) === 0 ? new FollowedName(host, follower, now) : undefined
  }

  /** A request is about to be sent there. */
  follow(now: number): void {
    if (this.isAsking || now - this.askedAt < INTERVAL_MS) return
    this.askedAt = now
    this.isAsking = true
    lookup(this.host, { all: true }, (error, found) => {
      this.isAsking = false
      if (error === null && found.length > 0)
        this.follower.addressesAre(new Set(found.map(({ address }) => address)))
    })
  }
}

/** A connection that can be left for another one. */
interface Leavable {
  /** The other side of it; undefined while it is not open. */
  readonly address: string | undefined
  /** No further requests; those under way end. */
  leave(): void
}

/** Leaves the connections to addresses that are not among these. */
export function leaveOthers(connections: Iterable<Leavable>, addresses: ReadonlySet<string>): void {
  for (const connection of connections)
    if (connection.address !== undefined && !addresses.has(connection.address)) connection.leave()
}
