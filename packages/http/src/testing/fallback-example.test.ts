import { createTelemetry } from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createFetch } from '../index.js'
import { flakyUpstream } from './index.js'

it('shows in ten lines that a fallback answers, and that it is counted', async () => {
  await using upstream = await flakyUpstream({ script: [{ fault: 'reset' }] })
  const telemetry = createTelemetry({ service: 'order' })
  const fallback = { body: { points: 0 } }
  const loyalty = createFetch({ name: 'loyalty', endpoints: [upstream.url], telemetry, fallback })
  expect(await (await loyalty('/points/c-1')).json()).toEqual({ points: 0 })
  expect(telemetry.expose().body).toMatch(/outcome="fallback"[^}]*\} 1/)
  await loyalty.close()
})
