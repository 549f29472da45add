import fc from 'fast-check'
import { METHODS } from 'node:http'
import { expect } from 'vitest'
import { damagedRequests } from './damaged-requests.js'
import { NodeReader } from './node-reading.js'
import { readRequests } from './read-requests.js'

/** The platform knows a closed list of methods, and hands the connection of a CONNECT on unread. */
const COMPARED = new Set(METHODS.filter((method) => method !== 'CONNECT'))

const node = new NodeReader()

/** What has to hold for any bytes at all. */
export const readingProperties = {
  /** However the bytes are split, they read the same. */
  readsTheSameHoweverSplit: fc.property(
    damagedRequests,
    fc.array(fc.nat(400), { maxLength: 8 }),
    (text, places) => {
      const bytes = Buffer.from(text, 'latin1')
      const splits = [...new Set(places)].filter((place) => place < bytes.length).toSorted((a, b) => a - b)
      expect(readRequests(bytes, splits)).toEqual(readRequests(bytes))
    },
  ),
  /** What the platform's server refuses is refused; what is accepted ends where the platform says. */
  agreesWithThePlatform: fc.asyncProperty(damagedRequests, async (text) => {
    const bytes = Buffer.from(text, 'latin1')
    const ours = readRequests(bytes)
    if (!ours.requests.every(({ method }) => COMPARED.has(method))) return
    const theirs = await node.read(bytes)
    if (theirs.refused === undefined) {
      // Whoever has refused, or was asked to close, reads no further.
      const least = ours.requests.length
      expect(theirs.requests.slice(0, least)).toEqual(ours.requests)
      if (ours.refused === undefined && !ours.closes) expect(theirs.requests).toHaveLength(least)
    } else {
      // A method is refused at its first letter there, and at its last one here.
      const mayStillBe = ours.isUnderWay && theirs.refused === 'HPE_INVALID_METHOD'
      expect(ours.refused !== undefined || ours.closes || mayStillBe).toBe(true)
      const both = Math.min(ours.requests.length, theirs.requests.length)
      expect(ours.requests.slice(0, both)).toEqual(theirs.requests.slice(0, both))
    }
  }),
}
