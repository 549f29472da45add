/** @typedef {import('../runner/print.mjs').Target} Target */

const saga = (rows, name) => rows.find((row) => row.case === name)?.perSecond

/**
 * What sagas must reach beside their peers in one run.
 * @param {readonly { case: string, perSecond: number }[]} rows
 * @returns {Target[]}
 */
export function durableTargets(rows) {
  const many = saga(rows, 'watertight saga, 64 in flight')
  const one = saga(rows, 'watertight saga, one')
  const beside = [
    ['12 times DBOS at 64 in flight', many, saga(rows, 'dbos workflow, 64 in flight'), 12],
    ['8 times Restate at 64 in flight', many, saga(rows, 'restate workflow, 64 in flight'), 8],
    [
      'as fast as the faster of the two, one at a time',
      one,
      Math.max(saga(rows, 'dbos workflow, one') ?? 0, saga(rows, 'restate workflow, one') ?? 0),
      1,
    ],
  ].map(([claim, ...rest]) => [`watertight saga at least ${claim}`, ...rest])
  const outbox = [
    'watertight outbox to consumer at least as fast as graphile-worker',
    saga(rows, 'watertight outbox to consumer'),
    saga(rows, 'graphile-worker'),
    1,
  ]
  const reached = [...beside, outbox]
    .filter(([, ours, peer]) => ours !== undefined && peer > 0)
    .map(([claim, ours, peer, least]) => ({
      claim,
      measured: (ours / peer).toFixed(2),
      met: ours / peer >= least,
    }))
  return [...reached, ...publishTargets(rows)]
}

/** Held to what a service does for a request; alone by what its caller waits, beside others by what of the machine it takes. */
function publishTargets(rows) {
  const added = (name, time) => {
    const [bare, publishing] = ['guarded charge', 'guarded charge that publishes'].map((which) =>
      rows.find((row) => row.case === `${which}, ${name}`),
    )
    return bare === undefined || publishing === undefined ? undefined : time(publishing) / time(bare) - 1
  }
  return [
    ['one', added('one', ({ p50Ms }) => p50Ms)],
    ['16 in flight', added('16 in flight', ({ perSecond }) => 1 / perSecond)],
  ]
    .filter(([, share]) => share !== undefined)
    .map(([name, share]) => ({
      claim: `publishing adds under 15% to a guarded charge, ${name}`,
      measured: `${(100 * share).toFixed(0)}%`,
      met: share < 0.15,
    }))
}
