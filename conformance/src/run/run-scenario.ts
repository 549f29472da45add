import { checkSeen } from '../checks/check-seen.js'
import type { Driver } from '../drivers/driver.js'
import { missingFeature } from '../scenario/features.js'
import type { Scenario } from '../scenario/scenario-schema.js'
import { Upstream } from '../upstream/upstream.js'
import { pause } from './pause.js'
import { runSteps } from './run-steps.js'

export interface ScenarioResult {
  readonly scenario: string
  readonly driver: string
  readonly result: 'pass' | 'fail' | 'not-expressible'
  /** Why it is not a pass, in words; empty otherwise. */
  readonly reason: string
  /** A failure that the driver lists as a difference. */
  readonly known: boolean
}

/** Runs one scenario over one driver. Never rejects: whatever goes wrong is a failure with its reason. */
export async function runScenario(scenario: Scenario, driver: Driver): Promise<ScenarioResult> {
  const about = { scenario: scenario.name, driver: driver.name }
  const missing = missingFeature(scenario, driver.lacks)
  if (missing !== undefined)
    return { ...about, result: 'not-expressible', reason: missing.reason, known: false }
  const faults = await faultsOf(scenario, driver).catch((error: unknown) => [String(error)])
  const difference = driver.differs[scenario.name]
  if (difference === undefined) {
    return { ...about, result: faults.length === 0 ? 'pass' : 'fail', reason: summary(faults), known: false }
  }
  return faults.length === 0
    ? { ...about, result: 'fail', reason: 'passes, and must leave the list of differences', known: false }
    : { ...about, result: 'fail', reason: difference, known: true }
}

async function faultsOf(scenario: Scenario, driver: Driver): Promise<readonly string[]> {
  await using upstream = new Upstream(scenario)
  await upstream.start()
  const { policy, operations, fallback, health, istio, routes, protocol } = scenario
  const { authority } = upstream
  const endpoints = upstream.named(firstEndpoints(scenario))
  const subject = await driver.start({
    policy,
    operations,
    fallback,
    health,
    istio,
    routes,
    protocol,
    authority,
    endpoints,
  })
  try {
    const faults = await runSteps(scenario, upstream, subject)
    if (faults.length > 0) return faults
    await pause(scenario.quiet)
    return await settled(() => checkSeen(scenario.seen, upstream.recorder))
  } finally {
    await subject.stop()
  }
}

/** Those that a later step brings in are not known yet. */
function firstEndpoints({ upstream, steps }: Scenario): readonly string[] {
  const names = Object.keys(upstream)
  const joins = steps.some((step) => 'endpoints' in step)
  const first = steps[0]!
  if (joins && 'endpoints' in first) return first.endpoints
  return names
}

/** An endpoint learns a moment later that its caller has gone: what is not true yet may become so. */
async function settled(check: () => readonly string[]): Promise<readonly string[]> {
  const until = performance.now() + SETTLE_MS
  for (;;) {
    const faults = check()
    if (faults.length === 0 || performance.now() > until) return faults
    await pause(20)
  }
}

const SETTLE_MS = 1_500
const FAULTS_MAX = 3

function summary(faults: readonly string[]): string {
  const rest = faults.length - FAULTS_MAX
  return [...faults.slice(0, FAULTS_MAX), ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
}
