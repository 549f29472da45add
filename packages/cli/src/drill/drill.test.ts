import type { EdgeStand, ReplicaStand, ServiceStand, Snapshot } from '@watertight/console'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { Ajv } from 'ajv'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CommandError } from '../program/command-error.js'
import { outputSchema } from '../schema/output-schemas.js'
import { takeDrillLock } from './drill-lock.js'
import { type DrillPlan, drillPlan } from './drill-plan.js'
import { type DrillOutcome, drillRecord } from './drill-record.js'
import { DrillWatch } from './drill-watch.js'
import { Outage } from './outage.js'
import { recordLines } from './record-lines.js'
import { runbook } from './runbook.js'
import { obstacle, type Sight } from './trouble.js'

const SHOP = `watertight: v1
system: shop
policies:
  standard:
    timeout: { attempt: 1s, total: 3s }
    breaker: { window: { duration: 10s }, minimumCalls: 10, failureRate: 50%, openFor: 3s }
services:
  order: { calls: { payment: { policy: standard }, loyalty: { policy: standard, optional: true } } }
  payment: {}
  loyalty: {}
drills:
  payment-slow: { every: 30d, story: The payment API times out, target: payment, delay: 5s, detect: 20s }
  loyalty-away: { every: 30d, story: No points are given, target: loyalty, fault: error }
  payment-dies: { every: 30d, story: Payment crashes, target: payment, fault: kill }
  database-away:
    {
      every: 30d, story: The primary crashes, strike: node kill.mjs, watch: 'http://127.0.0.1:8008/ready', failed: 5%,
      load: { rate: 20/s, requests: ['POST http://order/orders {}'] },
    }
  call-everybody: { every: 90d, story: Who is reached at night }
`

function modelOf(text = SHOP): SystemModel {
  const { system, problems } = readManifest(text, 'watertight.yaml')
  expect(problems).toEqual([])
  return (system as NonNullable<typeof system>).model
}

const PLAN: DrillPlan = drillPlan('payment-slow', modelOf())

type Breaker = 'closed' | 'open' | 'half-open' | 'none'

const seen = (
  breaker: Breaker,
  state: ReplicaStand['state'] = 'ready',
  more: Partial<Sight> = {},
): Sight => ({
  snapshot: {
    events: [],
    edges: [
      { from: 'order', to: 'payment', signals: { known: true, value: { breaker } } },
      { from: 'order', to: 'loyalty', signals: { known: true, value: { breaker: 'open' } } },
    ] as unknown as EdgeStand[],
    services: [
      { name: 'payment', replicas: { known: true, value: [{ state }] } },
    ] as unknown as ServiceStand[],
  } as unknown as Snapshot,
  watched: undefined,
  isFailing: false,
  ...more,
})

test('a drill has the defaults of the document, and what is no drill of the system is told', () => {
  expect(PLAN).toMatchObject({
    blow: { kind: 'fault', fault: 'latency', delayMs: 5_000 },
    failedMax: 1,
    forMs: 30_000,
    detectMs: 20_000,
    recoverMs: 60_000,
  })
  const refusal = (name: string): string => {
    try {
      drillPlan(name, modelOf())
      return ''
    } catch (error) {
      return (error as CommandError).message
    }
  }
  expect(refusal('payment-slwo')).toBe(
    'cannot drill payment-slwo: there is no such drill in the document; did you mean payment-slow?',
  )
  expect(refusal('toString')).toContain('there is no such drill')
  expect(refusal('call-everybody')).toBe('cannot drill call-everybody: it names no target')
})

test('it is detected when a breaker before the target opens, and recovered when all is well after the fault', () => {
  const watch = new DrillWatch(PLAN, START)
  watch.look(seen('closed'), 2_000)
  expect(watch.phase).toBe('undetected')
  watch.look(seen('open'), 6_000)
  watch.look(seen('half-open'), 8_000)
  watch.look(seen('closed'), 9_000)
  expect([watch.phase, watch.detectedAfterMs, watch.detectedBy, watch.recoveredAfterMs]).toEqual([
    'detected',
    5_000,
    'the breaker of order',
    null,
  ])
  watch.faultEnded(10_000)
  watch.look(seen('open'), 11_000)
  watch.look(seen('closed', 'restarting'), 12_000)
  watch.look(seen('closed'), 13_000)
  watch.look(seen('closed'), 99_000)
  expect([watch.phase, watch.recoveredAfterMs]).toEqual(['recovered', 3_000])
})

const START = { startedAt: 500_000, startedAtMs: 1_000 }

const AWAY: DrillPlan = drillPlan('database-away', modelOf())

test('a breaker that has opened and closed again between two looks has noticed it, when it opened', () => {
  const opening = (edge: string, at: number): Sight => {
    const sight = seen('closed')
    const event = {
      id: 1,
      at,
      kind: 'breaker',
      level: 'critical',
      service: 'payment',
      edge,
      text: '',
    } as const
    return { ...sight, snapshot: { ...sight.snapshot, events: [event] } }
  }
  const watch = new DrillWatch(PLAN, START)
  watch.look(opening('order>payment', 499_000), 2_000)
  watch.look(opening('order>loyalty', 501_000), 2_000)
  expect(watch.phase).toBe('undetected')
  watch.look(opening('order>payment', 500_700), 3_000)
  expect([watch.phase, watch.detectedAfterMs, watch.detectedBy]).toEqual([
    'detected',
    700,
    'the breaker of order',
  ])
})

test('a process that is killed is noticed by its supervisor, also when it runs again before anybody looks, and the rest is for the system to heal', () => {
  const plan = drillPlan('payment-dies', modelOf())
  expect(plan.blow).toEqual({ kind: 'kill' })
  // Nobody need call it by a breaker.
  expect(obstacle(plan, seen('none'))).toBeUndefined()
  expect(obstacle(plan, seen('none', 'restarting'))).toBe('payment is not ready')
  const event = {
    id: 1,
    at: 500_400,
    kind: 'process',
    level: 'critical',
    service: 'payment',
    edge: null,
  } as const
  const calm = seen('closed')
  const watch = new DrillWatch(plan, START)
  watch.leftToHeal()
  watch.look(calm, 1_200)
  watch.look(
    { ...calm, snapshot: { ...calm.snapshot, events: [{ ...event, text: 'payment ended' }] } },
    2_000,
  )
  expect([watch.detectedAfterMs, watch.detectedBy, watch.recoveredAfterMs]).toEqual([
    400,
    'the supervisor of payment',
    1_000,
  ])
  const text = SHOP.replace('fault: kill', 'fault: kill, delay: 5s')
  expect(readManifest(text, 'watertight.yaml').problems).toMatchObject([
    { message: expect.stringContaining('must have no delay and no for beside fault: kill') as string },
  ])
})

test('two drills of one run are never under way at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drills-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const lock = await takeDrillLock(folder, 'one')
  await expect(takeDrillLock(folder, 'two')).rejects.toThrow(
    `cannot drill two: another drill is under way, in process ${process.pid}`,
  )
  await lock.release()
  await (await takeDrillLock(folder, 'two')).release()
})

test('what a command has struck and nobody heals but the system itself has recovered, counted from the blow, once that was noticed', () => {
  expect(AWAY).toMatchObject({
    blow: { kind: 'command', strike: 'node kill.mjs', heal: undefined },
    failedMax: 0.05,
    load: { rate: '20/s' },
  })
  const watch = new DrillWatch(AWAY, START)
  watch.leftToHeal()
  // Nobody has noticed it yet, so that nothing can be said of recovery.
  watch.look(seen('closed'), 2_000)
  watch.look(
    seen('closed', 'ready', { watched: 'GET http://127.0.0.1:8008/ready, which answers 503' }),
    3_000,
  )
  watch.look(seen('closed', 'restarting'), 4_000)
  watch.look(seen('closed', 'ready', { isFailing: true }), 5_000)
  expect([watch.phase, watch.detectedAfterMs, watch.detectedBy]).toEqual([
    'detected',
    2_000,
    'GET http://127.0.0.1:8008/ready, which answers 503',
  ])
  watch.look(seen('closed'), 6_000)
  expect([watch.phase, watch.recoveredAfterMs]).toEqual(['recovered', 5_000])
})

test('an outage lasts from the first request that fails to the first that is answered after the last failure, in whatever order they end', () => {
  const outage = new Outage()
  outage.record(true, 0, 5)
  expect([outage.lastedMs, outage.isFailing(5)]).toEqual([0, false])
  outage.record(false, 200, 2_200)
  outage.record(false, 100, 2_100)
  expect([outage.lastedMs, outage.isFailing(2_200), outage.isFailing(9_000)]).toEqual([null, true, false])
  outage.record(true, 700, 2_300)
  outage.record(true, 500, 2_500)
  expect(outage.lastedMs).toBe(400)
  // One that was due before that, and fails only now, was part of it; and so is what it shows of those between.
  outage.record(false, 600, 3_000)
  expect(outage.lastedMs).toBe(null)
  outage.record(true, 800, 3_100)
  expect(outage.lastedMs).toBe(700)
})

test('a system that is not well, or has nothing that would detect it, is not disturbed', () => {
  expect(obstacle(PLAN, seen('closed'))).toBeUndefined()
  expect(obstacle(PLAN, seen('open'))).toBe('the breaker of order before payment is not closed already')
  expect(obstacle(PLAN, seen('none'))).toBe('no circuit breaker before payment tells its state')
  expect(obstacle(PLAN, seen('closed', 'ready', { isFailing: true }))).toBe('requests fail already')
  expect(obstacle(PLAN, seen('closed', 'crash-loop'))).toBe('payment is not ready')
})

const LOAD = {
  seconds: 40,
  requests: 800,
  ratePerSecond: 20,
  successShare: 0.75,
  p50Ms: 5,
  p99Ms: 1_900,
  outcomes: { 200: 600, 503: 200 },
}
const OUTCOME: DrillOutcome = {
  scheduled: false,
  at: Date.UTC(2026, 10, 29, 12),
  watch: { detectedAfterMs: 6_200, recoveredAfterMs: 3_000, detectedBy: 'the breaker of order' },
  load: { report: LOAD, outageMs: 31_000 },
  backlog: { peak: { sagas: 40, events: 7, outboxBytes: 8_192 }, drainedAfterMs: 4_000 },
  lost: 0,
  verified: null,
  notified: null,
}

test('what came of it stands beside what is asked for', () => {
  expect(recordLines(drillRecord(PLAN, modelOf(), OUTCOME))).toEqual([
    'ok  detected   after 6.2 s; 20 s are allowed, by the breaker of order',
    'ok  recovered  after 3.0 s; 60 s are allowed',
    '-   requests   200 of 800 failed; the drill does not say how many may, p99 1900 ms',
    '-   outage     31.0 s from the first failure to the first good answer after the last',
    '-   backlog    at most 40 sagas under way, 7 events to handle',
    'ok  drained    after 4.0 s; 60 s are allowed',
    'ok  lost       0 sagas and events given up',
  ])
})

test.each([
  [
    { watch: { detectedAfterMs: null, recoveredAfterMs: 3_000, detectedBy: null } },
    'no  detected   not at all',
  ],
  [{ watch: { ...OUTCOME.watch, recoveredAfterMs: 60_001 } }, 'no  recovered  after 60.0 s'],
  [
    { backlog: { peak: { sagas: 40, events: 7, outboxBytes: 8_192 }, drainedAfterMs: null } },
    'no  drained    not at all',
  ],
  [{ verified: { lost: 3, said: '3' } }, 'no  verified   3 lost, as verify has counted'],
  [{ verified: { lost: null, said: 'exit code 1' } }, 'no  verified   could not be told: exit code 1'],
  [{ lost: 2 }, 'no  lost       2 sagas and events given up'],
  [
    { notified: { detected: true, recovered: false } },
    'no  notified   detection was taken, recovery was not taken',
  ],
])('an objective that is missed, as by %j, is a drill that failed', (changed, line) => {
  const record = drillRecord(PLAN, modelOf(), { ...OUTCOME, ...changed })
  expect(record.ok).toBe(false)
  expect(recordLines(record).some((one) => one.startsWith(line))).toBe(true)
})

test('as JSON it has the published shape, also where nothing is known', () => {
  const isShape = new Ajv().compile(JSON.parse(outputSchema('drill')) as object)
  const watch = { detectedAfterMs: null, recoveredAfterMs: null, detectedBy: null }
  const unknown = { ...OUTCOME, watch, load: undefined, backlog: undefined, lost: null }
  for (const outcome of [OUTCOME, unknown, { ...OUTCOME, notified: { detected: true, recovered: true } }])
    expect(isShape(JSON.parse(JSON.stringify(drillRecord(PLAN, modelOf(), outcome))))).toBe(true)
})

test('the runbook says trigger, severity, detection, what happens by itself, and what to do', () => {
  const text = runbook(PLAN, modelOf(), drillRecord(PLAN, modelOf(), OUTCOME))
  expect(text).toContain('- **Trigger**: payment answers 5 s late.')
  expect(text).toContain('- **Severity**: high: order cannot do without payment.')
  expect(text).toContain('In the last drill after 6.2 s; 20 s are allowed.')
  expect(text).toContain(
    '- order: gives up at its time limit; opens its circuit breaker, and refuses at once.',
  )
  expect(text).toContain('`watertight tap payment --status 5xx`')
  const optional = drillPlan('loyalty-away', modelOf())
  expect(runbook(optional, modelOf(), drillRecord(optional, modelOf(), OUTCOME))).toContain(
    '- **Severity**: low: every caller',
  )
})
