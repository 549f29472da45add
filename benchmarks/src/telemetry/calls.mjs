// What every case records: the same calls, over a few routes, outcomes and statuses, as one service makes them.
const routes = ['POST /charges', 'GET /charges/{id}', 'POST /refunds', 'GET /refunds/{id}']
const durationsMs = [0.4, 3.7, 12.5, 80.25, 700.125]

export const calls = Array.from({ length: 1_024 }, (_, index) => ({
  route: routes[index % routes.length],
  outcome: index % 16 === 0 ? 'failure' : 'success',
  status: index % 16 === 0 ? 503 : 200,
  durationMs: durationsMs[index % durationsMs.length],
}))

/** The bounds that all of them use, in seconds. */
export const buckets = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

export const settled = Promise.resolve()
