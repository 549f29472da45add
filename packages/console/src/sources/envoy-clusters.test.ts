import { expect, test } from 'vitest'
import { envoyClusters } from './envoy-clusters.js'

const address = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } })

test('the endpoints of an Envoy are those of the document, by version, with what its admin page tells of each', () => {
  // As an Envoy 1.40 answers, shortened: it leaves out what is 0.
  const told = {
    cluster_statuses: [
      {
        name: 'order-1-stable',
        added_via_api: true,
        host_statuses: [
          {
            address: address(7001),
            stats: [
              { name: 'cx_active', value: '3' },
              { name: 'rq_active', value: '2' },
              { name: 'rq_error' },
            ],
            health_status: { eds_health_status: 'HEALTHY' },
          },
          {
            address: address(7002),
            stats: [{ name: 'cx_active' }],
            health_status: { failed_outlier_check: true, eds_health_status: 'HEALTHY' },
          },
          { address: address(7003), health_status: { failed_active_health_check: true } },
        ],
      },
      { name: 'tax-2' },
      { name: 'traces_collector', host_statuses: [{ address: address(4318) }] },
    ],
  }
  const idle = { active: 0, connections: 0, pending: null }
  expect(envoyClusters(told)).toEqual([
    {
      name: 'order@stable',
      endpoints: [
        {
          address: '127.0.0.1:7001',
          active: 2,
          connections: 3,
          pending: null,
          ejected: false,
          healthy: true,
        },
        { address: '127.0.0.1:7002', ...idle, ejected: true, healthy: false },
        { address: '127.0.0.1:7003', ...idle, ejected: false, healthy: false },
      ],
    },
    { name: 'tax', endpoints: [] },
  ])
  expect(envoyClusters({})).toEqual([])
})
