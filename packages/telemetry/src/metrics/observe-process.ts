import { getHeapStatistics } from 'node:v8'
import type { MetricRegistry } from './metric-registry.js'

/**
 * Shows how the process itself does, under the names that dashboards for Prometheus and Node know: CPU time, memory,
 * start, and how long the event loop worked and waited. Read at every scrape; no timer runs in between.
 *
 * @example
 * const registry = new MetricRegistry()
 * observeProcess(registry)
 * console.log(registry.expose().body)
 */
export function observeProcess(registry: MetricRegistry): void {
  const counter = (name: string, help: string, read: () => number): void => {
    registry.counter({ name, help }).with().observe(read)
  }
  const gauge = (name: string, help: string, read: () => number): void => {
    registry.gauge({ name, help }).with().observe(read)
  }
  counter(
    'process_cpu_user_seconds_total',
    'CPU time spent in user mode.',
    () => process.cpuUsage().user / 1e6,
  )
  counter(
    'process_cpu_system_seconds_total',
    'CPU time spent in the kernel.',
    () => process.cpuUsage().system / 1e6,
  )
  counter('process_cpu_seconds_total', 'Total CPU time spent.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  // Once, since the two clocks it comes from drift apart.
  const startedAt = Date.now() / 1_000 - process.uptime()
  gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', () => startedAt)
  gauge('process_resident_memory_bytes', 'Memory that the process holds.', () => process.memoryUsage.rss())
  gauge(
    'nodejs_heap_size_total_bytes',
    'Size of the JavaScript heap.',
    () => getHeapStatistics().total_heap_size,
  )
  gauge(
    'nodejs_heap_size_used_bytes',
    'Used part of the JavaScript heap.',
    () => getHeapStatistics().used_heap_size,
  )
  gauge(
    'nodejs_external_memory_bytes',
    'Memory of objects outside of the heap.',
    () => getHeapStatistics().external_memory,
  )
  counter(
    'nodejs_eventloop_active_seconds_total',
    'Time in which the event loop worked; its rate is the utilisation.',
    () => performance.eventLoopUtilization().active / 1_000,
  )
  counter(
    'nodejs_eventloop_idle_seconds_total',
    'Time in which the event loop waited for something to do.',
    () => performance.eventLoopUtilization().idle / 1_000,
  )
}
