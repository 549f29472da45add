import { expect, it } from 'vitest'
import { compiled } from './compiled.js'
import { objections } from './objections.js'
import { outbound, wholeDocuments } from './whole-documents.js'

it('Envoy accepts a sidecar with everything that a call may say', async () => {
  expect(await objections(compiled(wholeDocuments.sidecar, { outbound }))).toBe('')
})

it('Envoy accepts a gateway with everything that a route may say', async () => {
  const traces = { url: 'https://traces.example/v1/traces', share: 0.1 }
  expect(await objections(compiled(wholeDocuments.gateway, { posture: 'gateway', traces }))).toBe('')
})

it('Envoy objects to what it does not know', async () => {
  const configuration = compiled(wholeDocuments.sidecar, { outbound })
  const files = new Map(configuration.files)
  files.set('clusters.json', {
    resources: [{ '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', nme: 1 }],
  })
  expect(await objections({ ...configuration, files })).toContain('nme')
})
