/** @typedef {import('@watertight/console').Snapshot} Snapshot */

const SERVICES = 100
/** Five layers, each of which calls the next, as systems have gateways in front and stores behind. */
const LAYER = 20

const wave = (at, index) => 1 + 0.3 * Math.sin(at / 2_000 + index)

/**
 * 100 services with 300 calls between them, whose every figure has changed since the moment before.
 * @param {number} sequence
 * @param {number} at
 * @returns {Snapshot}
 */
export function largeSystem(sequence, at) {
  const none = { known: false, source: 'store', reason: 'no store is named' }
  const names = Array.from({ length: SERVICES }, (_, index) => `service-${index}`)
  return {
    schemaVersion: 1,
    sequence,
    at,
    system: 'large',
    windowMs: 10_000,
    history: { from: at - 60_000, to: at, stepMs: 1_000 },
    sources: [],
    services: names.map((name, index) => ({
      name,
      kind: 'service',
      description: null,
      level: index % 17 === 0 ? 'warning' : 'ok',
      because: index % 17 === 0 ? ['its p99 is 300 ms, 250 ms is allowed'] : [],
      signals: {
        known: true,
        value: { ...figures(at, index), saturation: 0.4, saturationOf: 'cpu', inFlight: 2, queued: 0 },
      },
      objectives: [],
      replicas: none,
    })),
    edges: names.slice(0, SERVICES - LAYER).flatMap((from, index) =>
      Array.from({ length: index < 60 ? 4 : 3 }, (_, call) => {
        const nextLayer = (Math.floor(index / LAYER) + 1) * LAYER
        const to = names[nextLayer + ((index * 3 + call * 5) % LAYER)]
        return edgeOf(from, to, at, index + call)
      }),
    ),
    events: [],
    traces: none,
    sagas: none,
    messaging: none,
    faults: none,
    canaries: [],
    actions: [],
  }
}

function edgeOf(from, to, at, index) {
  const signals = {
    ...figures(at, index),
    breaker: 'closed',
    retriesPerSecond: 0.1,
    refusalsPerSecond: 0,
    fallbacksPerSecond: 0,
    timeoutsPerSecond: 0,
    hedgesPerSecond: 0,
    budgetRemaining: 10,
    running: 1,
    queued: 0,
    ejectedEndpoints: 0,
  }
  return {
    id: `${from}>${to}`,
    from,
    to,
    level: 'ok',
    because: [],
    optional: false,
    signals: { known: true, value: signals },
  }
}

function figures(at, index) {
  const factor = wave(at, index)
  return {
    ratePerSecond: 42 * factor,
    errorShare: 0.002 * factor,
    p50Ms: 12 * factor,
    p95Ms: 30 * factor,
    p99Ms: 48 * factor,
  }
}
