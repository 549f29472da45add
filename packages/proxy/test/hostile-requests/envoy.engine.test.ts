import fc from 'fast-check'
import { expect, it } from 'vitest'
import { comparableMethods } from './comparable-methods.js'
import { damagedRequests } from './damaged-requests.js'
import { fateOf } from './fate-of.js'
import { type ReadRequest, readRequests } from './read-requests.js'
import { recordingUpstream } from './recording-upstream.js'
import { startPeer } from './start-peer.js'

const LANES = 4
const numRuns = 100_000 / LANES

it(
  'what Envoy refuses is refused, and what is accepted ends where Envoy says',
  { timeout: 600_000 },
  async () => {
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, compareWithEnvoy))
    expect(lanes.filter(({ status }) => status === 'rejected')).toEqual([])
  },
)

/** Sends what our codec accepts through an Envoy, one connection each, and looks at what its upstream has seen. */
async function compareWithEnvoy(): Promise<void> {
  await using upstream = await recordingUpstream()
  await using envoy = await startPeer('envoy', upstream.port)
  await fc.assert(
    fc.asyncProperty(damagedRequests, async (text) => {
      const ours = readRequests(Buffer.from(text, 'latin1'))
      const isWhole = ours.refused === undefined && !ours.isUnderWay && !ours.ignoresRest
      if (!isWhole || ours.requests.length === 0) return
      if (!ours.requests.every(({ method }) => comparableMethods.has(method))) return
      upstream.seen()
      const { statuses } = await fateOf(envoy.port, text, {
        answers: ours.requests.length,
        patienceMs: 5_000,
      })
      const seen = upstream.seen()
      expect(statuses).toEqual(ours.requests.map(() => 200))
      expect(seen.map(framed)).toEqual(ours.requests.map(framed))
    }),
    { numRuns },
  )
}

/** A target may be rewritten on the way, from `http://host/path` to `/path`. */
function framed({ method, body }: ReadRequest): object {
  return { method, body }
}
