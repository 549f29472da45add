import { expect, it } from 'vitest'
import { prefersOpenMetrics } from './prefers-open-metrics.js'

it.each([
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', true],
  ['application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', true],
  ['application/openmetrics-text;version=1.0.0;q=0.2,text/plain;version=0.0.4;q=0.5', false],
  ['application/openmetrics-text;version=0.0.1', false],
  ['application/openmetrics-text;q=0', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['*/*', false],
  ['', false],
  [`${'a/b,'.repeat(10_000)}application/openmetrics-text`, false],
])('of %s', (accept, expected) => {
  expect(prefersOpenMetrics(accept)).toBe(expected)
})
