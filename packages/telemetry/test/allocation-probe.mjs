// Started by allocation.test.ts in a process of its own, with --expose-gc and a new space that holds all of one loop:
// counts the bytes that recording allocates on the heap, and prints them as one JSON object.
import { setTimeout as sleep } from 'node:timers/promises'
import { GCProfiler, getHeapStatistics } from 'node:v8'
import { createTelemetry, MetricRegistry } from '../dist/index.js'

const calls = 10_000
const repeats = 10
const roundsBetween = 8
const pauseMs = 5

/**
 * The least over loops in which no collection happened; NaN when there is none such. The least, since what is asked is
 * what optimised code allocates, and on a busy machine the compiler, a thread of its own, may take its time.
 */
async function bytesPerCall(loop) {
  let least = Number.NaN
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let round = 0; round < roundsBetween; round++) loop(calls)
    await sleep(pauseMs)
    globalThis.gc({ type: 'minor' })
    const profiler = new GCProfiler()
    profiler.start()
    const before = getHeapStatistics().used_heap_size
    loop(calls)
    const after = getHeapStatistics().used_heap_size
    if (profiler.stop().statistics.length > 0) continue
    const bytes = (after - before) / calls
    if (!(bytes >= least)) least = bytes
  }
  return least
}

const durations = [0.4, 3.7, 12.5, 80.25, 700.125]
const statuses = [200, 201, 404, 503]
const routes = ['POST /charges', 'GET /charges/{id}']
const traceIds = ['a'.repeat(32), 'b'.repeat(32)]
const errors = ['', '', '', 'ECONNRESET']
const telemetry = createTelemetry({ service: 'order' })
const withObjective = createTelemetry({
  service: 'order',
  objective: { availability: 0.999, latency: { p99Ms: 300 } },
}).server()
const payment = telemetry.destination({ to: 'payment' })
const server = telemetry.server()
const registry = new MetricRegistry()
const counter = registry.counter({ name: 'a_total', help: 'A.', labels: ['b'] }).with({ b: 'c' })
const gauge = registry.gauge({ name: 'b', help: 'B.' }).with()
const histogram = registry.histogram({ name: 'c_seconds', help: 'C.' }).with()
const exponential = new MetricRegistry({ exponentialHistograms: true })
  .histogram({ name: 'c_seconds', help: 'C.' })
  .with()

const loops = {
  'counter.add': (count) => {
    for (let call = 0; call < count; call++) counter.add()
  },
  'gauge.set': (count) => {
    for (let call = 0; call < count; call++) gauge.set(durations[call % 5])
  },
  'histogram.observe': (count) => {
    for (let call = 0; call < count; call++) histogram.observe(durations[call % 5])
  },
  'histogram.observe with an exemplar': (count) => {
    for (let call = 0; call < count; call++) histogram.observe(durations[call % 5], traceIds[call % 2])
  },
  'destination.finished': (count) => {
    for (let call = 0; call < count; call++) {
      payment.finished(
        routes[call % 2],
        call % 7 === 0 ? 'failure' : 'success',
        statuses[call % 4],
        durations[call % 5],
      )
    }
  },
  'destination.attempted': (count) => {
    for (let call = 0; call < count; call++)
      payment.attempted(statuses[call % 4], errors[call % 4], durations[call % 5])
  },
  'server.finished': (count) => {
    for (let call = 0; call < count; call++) {
      server.started()
      server.finished(
        routes[call % 2],
        call % 7 === 0 ? 'failure' : 'success',
        statuses[call % 4],
        durations[call % 5],
      )
    }
  },
  'server.finished with an objective': (count) => {
    for (let call = 0; call < count; call++) {
      withObjective.started()
      withObjective.finished(
        routes[call % 2],
        call % 7 === 0 ? 'failure' : 'success',
        200,
        durations[call % 5],
      )
    }
  },
  // After those of the fixed buckets: what a process does not use, its engine does not compile into them either.
  'histogram.observe in exponential buckets': (count) => {
    for (let call = 0; call < count; call++) exponential.observe(durations[call % 5])
  },
  "the platform's clock": (count) => {
    for (let call = 0; call < count; call++) kept = performance.now()
  },
  // What the probe itself must be able to see, or its zeros would say nothing.
  'an object a call': (count) => {
    for (let call = 0; call < count; call++) kept = { call }
  },
}

/** Held on to, so that the object is not optimised away. */
let kept
const bytes = {}
for (const [name, loop] of Object.entries(loops)) bytes[name] = await bytesPerCall(loop)
console.log(JSON.stringify({ bytes, kept: typeof kept }))
