/** @typedef {import('../runner/print.mjs').Target} Target */

const nodePeers = ['http-proxy', 'httpxy', 'fast-proxy', '@fastify/http-proxy']

/**
 * What the proxy must reach beside its peers in one run.
 * @param {readonly { case: string, requestsPerSecond: number, p99Ms: number }[]} rows
 * @returns {Target[]}
 */
export function proxyTargets(rows) {
  const row = (name) => rows.find((one) => one.case === name)
  const ours = row('watertight')
  const best = Math.max(...nodePeers.map((name) => row(name)?.requestsPerSecond ?? 0))
  const ratios = [
    ['2 times Envoy with the same features', row('envoy')?.requestsPerSecond, 2],
    ['3 times the best of the Node proxies', best, 3],
    ['0.4 of HAProxy', row('haproxy')?.requestsPerSecond, 0.4],
  ]
  for (const [of, least] of [
    ['HTTP/2', 1.5],
    ['HTTP/2 to the service', 1.5],
    ['mutual TLS', 1],
  ]) {
    const [variant, peer] = [row(`watertight, ${of}`), row(`envoy, ${of}`)]
    if (variant !== undefined)
      ratios.push([`${least} times Envoy, ${of}`, peer?.requestsPerSecond, least, variant])
  }
  const speed = ratios
    .filter(([, peer]) => peer > 0)
    .map(([claim, peer, least, measured = ours]) => {
      const ratio = measured.requestsPerSecond / peer
      return {
        claim: `watertight at least ${claim} in requests per second`,
        measured: ratio.toFixed(2),
        met: ratio >= least,
      }
    })
  const envoy = row('envoy')
  if (envoy === undefined) return speed
  const measured = `${ours.p99Ms.toFixed(2)} ms to ${envoy.p99Ms.toFixed(2)} ms`
  return [...speed, { claim: 'p99 not above that of Envoy', measured, met: ours.p99Ms <= envoy.p99Ms }]
}
