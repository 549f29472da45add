import { expect, it } from 'vitest'
import { MetricRegistry } from './metric-registry.js'
import { observeProcess } from './observe-process.js'

it('shows what the process uses, and grows with it', () => {
  const registry = new MetricRegistry()
  observeProcess(registry)
  const read = (): Map<string, number> =>
    new Map(
      [...registry.expose().body.matchAll(/^(process_\w+|nodejs_\w+) (\S+)$/gm)].map(
        ([, name = '', value]) => [name, Number(value)],
      ),
    )
  const before = read()
  const until = process.cpuUsage().user + 20_000
  while (process.cpuUsage().user < until);
  const after = read()
  expect(before.size).toBe(10)
  for (const [name, value] of before) expect([name, value >= 0]).toEqual([name, true])
  expect(after.get('process_cpu_seconds_total')).toBeGreaterThan(
    (before.get('process_cpu_seconds_total') ?? 0) + 0.01,
  )
  expect(after.get('process_start_time_seconds')).toBe(before.get('process_start_time_seconds'))
  expect(after.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
})
