import { describe, expect, it } from 'vitest'
import { readManifest } from '../reading/read-manifest.js'
import { renderGraph } from './render-graph.js'

const TEXT = `watertight: v1
system: shop
services:
  order:
    run: node order.js
    calls: { payment: { fallback: { status: 200 } } }
    publishes: [payment]
  payment:
    consumes: [payment]
gateway:
  routes: [{ match: { path: '/a"b' }, to: order }]
`

it('shows the share of each version, and copies as a line of their own', () => {
  const text = `watertight: v1
system: shop
services: { order: {}, next: {} }
gateway: { routes: [{ match: { path: /a }, to: order, split: { stable: 3, canary: 1 }, mirror: { to: next, share: 5% } }] }
`
  const mermaid = renderGraph(readManifest(text, 'watertight.yaml').system!.model, 'mermaid')
  expect(mermaid).toContain('n0 -->|"/a: stable 75%, canary 25%"| n1')
  expect(mermaid).toContain('n0 -.->|"/a: copies of 5%"| n2')
})

function render(format: 'mermaid' | 'dot' | 'json'): string {
  const { system } = readManifest(TEXT, 'watertight.yaml')
  if (system === undefined) throw new Error('the test document is not readable')
  return renderGraph(system.model, format)
}

describe('the graph', () => {
  it('is Mermaid, with an event apart from the service of the same name', () => {
    expect(render('mermaid')).toBe(
      [
        'flowchart LR',
        '  n0{{"gateway"}}',
        '  n1["order"]',
        '  n2(["payment"])',
        '  n3>"payment"]',
        '  n0 -->|"/a#quot;b"| n1',
        '  n1 -.->|"no policy"| n2',
        '  n1 -.-> n3',
        '  n3 -.-> n2',
        '',
      ].join('\n'),
    )
  })

  it('is DOT', () => {
    expect(render('dot')).toContain('n0 -> n1 [label="/a\\"b", style=solid]')
    expect(render('dot')).toContain('n3 [label="payment", shape=note]')
  })

  it('is JSON', () => {
    const graph = JSON.parse(render('json')) as { nodes: object[]; edges: object[] }
    expect(graph.nodes).toHaveLength(4)
    expect(graph.edges).toContainEqual({
      from: 'order',
      to: 'payment',
      kind: 'call',
      label: 'no policy',
      optional: true,
    })
  })
})
