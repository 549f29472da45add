import fc from 'fast-check'
import { deepStrictEqual, ok } from 'node:assert'
import { comparableMethods } from './comparable-methods.js'
import { damagedRequests } from './damaged-requests.js'
import { NodeReader } from './node-reading.js'
import { readRequests } from './read-requests.js'

const node = new NodeReader()

const OFFERS_UPGRADE = /\nupgrade:/i

/** What has to hold for any bytes at all. */
export const readingProperties = {
  /** However the bytes are split, they read the same. */
  readsTheSameHoweverSplit: fc.property(
    damagedRequests,
    fc.array(fc.nat(400), { maxLength: 8 }),
    (text, places) => {
      const bytes = Buffer.from(text, 'latin1')
      const splits = [...new Set(places)].filter((place) => place < bytes.length).toSorted((a, b) => a - b)
      deepStrictEqual(readRequests(bytes, splits), readRequests(bytes))
    },
  ),
  /** What the platform's server refuses is refused; what is accepted ends where the platform says. */
  agreesWithThePlatform: fc.asyncProperty(damagedRequests, async (text) => {
    const bytes = Buffer.from(text, 'latin1')
    const ours = readRequests(bytes)
    if (!ours.requests.every(({ method }) => comparableMethods.has(method))) return
    const theirs = await node.read(bytes)
    if (theirs.refused === undefined) {
      // Whoever has refused, or was asked to close, reads no further; nor does the platform behind a request that offers
      // another protocol, such as h2c, of which no notice is taken here.
      const { length } = ours.requests
      const both = OFFERS_UPGRADE.test(text) ? Math.min(length, theirs.requests.length) : length
      deepStrictEqual(theirs.requests.slice(0, both), ours.requests.slice(0, both))
      const isAll = ours.refused === undefined && !ours.ignoresRest && both === length
      if (isAll) deepStrictEqual(theirs.requests.length, length)
    } else {
      // A method is refused at its first letter there, and at its last one here.
      const mayStillBe = ours.isUnderWay && theirs.refused === 'HPE_INVALID_METHOD'
      ok(
        ours.refused !== undefined || ours.ignoresRest || mayStillBe,
        `only the platform refuses: ${theirs.refused}`,
      )
      const both = Math.min(ours.requests.length, theirs.requests.length)
      deepStrictEqual(ours.requests.slice(0, both), theirs.requests.slice(0, both))
    }
  }),
}
