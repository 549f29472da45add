/** @typedef {import('../runner/print.mjs').Target} Target */

const publishingShareMax = 0.15
const publishingAdds = 'publishing adds under 15% to a guarded charge'

const rateOf = (rows, name) => rows.find((row) => row.case === name)?.perSecond

/**
 * What sagas, events and publishing must reach beside their peers in one run. A target whose figures are missing although
 * its systems were measured is a missed one.
 * @param {readonly { case: string, perSecond: number }[]} rows
 * @param {ReadonlySet<string>} measured of `watertight`, `dbos`, `restate`, `events` and `publish`
 * @returns {Target[]}
 */
export function durableTargets(rows, measured) {
  const alone = ['dbos', 'restate']
    .filter((peer) => measured.has(peer))
    .map((peer) => `${peer} workflow, one`)
  const sagas = [
    {
      claim: 'watertight saga at least 12 times DBOS at 64 in flight',
      needs: ['watertight', 'dbos'],
      ours: 'watertight saga, 64 in flight',
      peers: ['dbos workflow, 64 in flight'],
      least: 12,
    },
    {
      claim: 'watertight saga at least 8 times Restate at 64 in flight',
      needs: ['watertight', 'restate'],
      ours: 'watertight saga, 64 in flight',
      peers: ['restate workflow, 64 in flight'],
      least: 8,
    },
    {
      claim: 'watertight saga at least as fast as the faster of the two, one at a time',
      needs: ['watertight'],
      ours: 'watertight saga, one',
      peers: alone,
      least: 1,
    },
  ]
  const outbox = {
    claim: 'watertight outbox to consumer at least as fast as graphile-worker',
    needs: ['events'],
    ours: 'watertight outbox to consumer',
    peers: ['graphile-worker'],
    least: 1,
  }
  const reached = [...sagas, outbox]
    .filter(({ needs, peers }) => peers.length > 0 && needs.every((system) => measured.has(system)))
    .map(({ claim, ours, peers, least }) => {
      const ratio = rateOf(rows, ours) / Math.max(...peers.map((peer) => rateOf(rows, peer)))
      return target(claim, ratio, ratio.toFixed(2), ratio >= least)
    })
  return [...reached, ...(measured.has('publish') ? publishTargets(rows) : [])]
}

/** Held to what a service does for a request; alone by what its caller waits, beside others by what of the machine it takes. */
function publishTargets(rows) {
  const rowOf = (name) => rows.find((row) => row.case === name)
  const [bare, publishing] = ['guarded charge', 'guarded charge that publishes'].map((name) =>
    rowOf(`${name}, one`),
  )
  const alone = bare === undefined || publishing === undefined ? NaN : publishing.p50Ms / bare.p50Ms - 1
  const { median = NaN, half = [] } = rowOf('guarded charge that publishes, 16 in flight')?.added ?? {}
  const inTurns = `${percent(median)} (half of the turns ${half.map(percent).join(' to ')})`
  return [
    target(`${publishingAdds}, one`, alone, percent(alone), alone < publishingShareMax),
    target(`${publishingAdds}, 16 in flight`, median, inTurns, median < publishingShareMax),
  ]
}

const percent = (share) => `${(100 * share).toFixed(1)}%`

function target(claim, figure, shown, met) {
  return Number.isNaN(figure)
    ? { claim, measured: 'not measured', met: false }
    : { claim, measured: shown, met }
}
