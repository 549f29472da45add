import { expect, it } from 'vitest'
import { mergedFacts } from './merged-facts.js'

it('is ready when all workers are', () => {
  expect(mergedFacts('ready', [true, true])).toBe(true)
  expect(mergedFacts('ready', [true, false])).toBe(false)
})

it('adds counts up, and takes what all share once', () => {
  const one = {
    'server.ready': 1,
    'listener.gateway.port': 80,
    'requests.sent': 3,
    'destination.up.ejected': 0,
  }
  const other = {
    'server.ready': 0,
    'listener.gateway.port': 80,
    'requests.sent': 4,
    'destination.up.ejected': 1,
  }
  expect(mergedFacts('stats', [one, other])).toEqual({
    'server.workers': 2,
    'server.ready': 0,
    'listener.gateway.port': 80,
    'requests.sent': 7,
    'destination.up.ejected': 1,
  })
})

it('tells an endpoint as ejected when one of them has ejected it', () => {
  const endpoint = {
    address: 'http://a',
    active: 1,
    connections: 2,
    pending: 0,
    ejected: false,
    healthy: true,
  }
  const clusters = [{ name: 'up', endpoints: [endpoint] }]
  const others = [{ name: 'up', endpoints: [{ ...endpoint, ejected: true, healthy: false }] }]
  expect(mergedFacts('clusters', [clusters, others])).toEqual([
    { name: 'up', endpoints: [{ ...endpoint, active: 2, connections: 4, ejected: true, healthy: false }] },
  ])
})

it('adds metrics of one name and one set of labels up, whatever the labels hold', () => {
  const metrics = (count: number, more: string): { contentType: string; body: string } => ({
    contentType: 'text/plain',
    body: `# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{to="a b"} ${count}\n${more}`,
  })
  const { body } = mergedFacts('metrics', [
    metrics(2, 'calls_total{to="c"} 1\n'),
    metrics(3, '# HELP size_bytes Sizes.\nsize_bytes_bucket{le="+Inf"} +Inf\n'),
  ])
  expect(body).toBe(`# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{to="a b"} 5
calls_total{to="c"} 1
# HELP size_bytes Sizes.
size_bytes_bucket{le="+Inf"} +Inf
`)
})
