import { expect, it } from 'vitest'
import { checkManifest } from '../findings/check-manifest.js'
import { VALID } from '../../test/corrupted-text.js'

function states(text: string): Record<string, string> {
  const { score } = checkManifest(text)
  return Object.fromEntries((score?.lines ?? []).map(({ practice, state }) => [practice, state]))
}

it('judges each practice by what the document shows', () => {
  expect(states(VALID)).toEqual({
    'design for failure': 'met',
    bulkheads: 'met',
    'circuit breakers in client and mesh': 'met',
    'backoff with jitter': 'met',
    'timeouts on all calls': 'met',
    'stateless services': 'missing',
    'probes and disruption budgets': 'partly',
    'service mesh': 'missing',
    'three pillars of observability': 'missing',
    'chaos regularly': 'met',
    'event-driven buffers': 'partly',
    sagas: 'met',
    'canary or blue-green': 'met',
    'infrastructure as versioned code': 'missing',
    'thresholds reviewed': 'met',
  })
})

it('sees what the platform, the mesh and the services say', () => {
  const platform =
    'platform: { code: deploy/, release: canary, telemetry: { metrics: m, traces: t, logs: l } }\n'
  const said = states(
    VALID.replace(/port: 7001/, 'state: external\n    port: 7001') +
      `${platform}mesh: { kind: istio, mutualTls: true }\n`,
  )
  expect(said).toMatchObject({
    'stateless services': 'partly',
    'service mesh': 'met',
    'three pillars of observability': 'met',
    'infrastructure as versioned code': 'met',
  })
})

it('counts a bare system as missing what it does not show', () => {
  const bare = states(
    'watertight: v1\nsystem: s\nservices:\n  a: { run: node a.js, calls: { b: {} } }\n  b: {}\n',
  )
  expect(Object.values(bare)).not.toContain('met')
  expect(bare['backoff with jitter']).toBe('partly')
})
