import { describe, expect, it } from 'vitest'
import { SCENARIO_FOLDER } from '../src/conformance.js'
import type { Answer, CallerRequest, Driver, Setup } from '../src/drivers/driver.js'
import { runAll } from '../src/run/run-all.js'
import { runScenario } from '../src/run/run-scenario.js'
import { readGroup, readScenarios } from '../src/scenario/read-scenarios.js'
import type { Scenario } from '../src/scenario/scenario-schema.js'
import { BareSubject, bareDriver } from '../src/drivers/bare/bare-driver.js'

const scenarios = readScenarios(SCENARIO_FOLDER).flatMap((group) => group.scenarios)

describe('a scenario', () => {
  it('cannot be expressed only for a reason that the driver gives', async () => {
    const [scenario] = scenarios.filter(({ needs }) => needs.includes('between'))
    expect(await runScenario(scenario!, bareDriver)).toEqual({
      scenario: scenario!.name,
      driver: 'bare',
      result: 'not-expressible',
      reason: 'it stands between nobody',
      known: false,
    })
  })
})

/** A driver whose every request is dealt with like this. */
function driverThat(send: (bare: BareSubject, request: CallerRequest) => Promise<Answer>): Driver {
  return {
    ...bareDriver,
    start: async (setup: Setup) => {
      const bare = new BareSubject(setup)
      const { moveTo, reload, drain, stop } = bareMethods(bare)
      return { moveTo, reload, drain, stop, send: (request) => send(bare, request) }
    },
  }
}

function bareMethods(bare: BareSubject) {
  return {
    moveTo: bare.moveTo.bind(bare),
    reload: bare.reload.bind(bare),
    drain: bare.drain.bind(bare),
    stop: bare.stop.bind(bare),
  }
}

const whole: Answer = { outcome: 200, headers: {}, body: 'done', cut: undefined, detail: '' }

const attempts = scenarioOf(`
    upstream: { a: [503, 503, { status: 200, body: done }] }
    steps: [{ send: GET /, answers: { outcome: 200, body: done } }]
    seen: { requests: { a: 3 } }`)

const once = scenarioOf(`
    upstream: { a: [{ status: 200, body: done }] }
    steps: [{ send: GET /, answers: { outcome: 200, body: done } }]
    seen: { requests: { a: 1 } }`)

function scenarioOf(rest: string): Scenario {
  const text = `about: What the runner notices\nscenarios:\n  - name: a-rule\n    says: A rule is a rule${rest}`
  return readGroup('runner', text).scenarios[0]!
}

// What is not seen is waited for: at one time.
describe.concurrent('a driver that cheats is caught', () => {
  const reasonOf = async (scenario: Scenario, driver: Driver): Promise<string> => {
    const { result, reason } = await runScenario(scenario, driver)
    expect(result).toBe('fail')
    return reason
  }

  it('answers without asking the callee', async () => {
    expect(
      await reasonOf(
        attempts,
        driverThat(async () => whole),
      ),
    ).toBe('endpoint a must see exactly 3 requests, got 0')
  })

  it('asks too often', async () => {
    const twice = driverThat(async (bare, request) => {
      await bare.send(request)
      return await bare.send(request)
    })
    expect(await reasonOf(once, twice)).toBe('endpoint a must see exactly 1 requests, got 2')
  })

  it('asks once more when the answer is given', async () => {
    const late = driverThat(async (bare, request) => {
      const answer = await bare.send(request)
      void bare.send(request)
      return answer
    })
    expect(await reasonOf(once, late)).toBe('endpoint a must see exactly 1 requests, got 2')
  })

  it('changes the answer', async () => {
    const other = driverThat(async (bare, request) => ({ ...(await bare.send(request)), body: 'gone' }))
    expect(await reasonOf(once, other)).toBe("GET / (call 0) must have the body 'done', got 'gone'")
  })

  it('hides that a body was cut', async () => {
    const cut = scenarioOf(`
    upstream: { a: [{ status: 200, body: abcdef, cut: { after: 3, by: close } }] }
    steps: [{ send: GET /, answers: { outcome: 200, body: abc, cut: reset } }]`)
    const hiding = driverThat(async (bare, request) => ({ ...(await bare.send(request)), cut: undefined }))
    expect(await reasonOf(cut, hiding)).toBe('GET / (call 0) must be cut by reset, got a whole one')
  })

  it('never answers', async () => {
    const never = driverThat(() => new Promise(() => undefined))
    expect(await reasonOf({ ...once, within: 50 }, never)).toBe(
      'Error: step 1 (send) did not end within 50 ms',
    )
  })

  it('throws', async () => {
    const throwing = driverThat(async () => {
      throw new TypeError('a fault of its own')
    })
    expect(await reasonOf(once, throwing)).toBe('TypeError: a fault of its own')
  })
})

it('what others disturb has a run alone before it counts as failed', async () => {
  const measuring = ['one', 'two'].map((name) => ({ ...once, name, alone: true }))
  let underWay = 0
  const disturbed = driverThat(async (bare, request) => {
    underWay += 1
    const isAlone = underWay === 1
    const answer = await bare.send(request)
    underWay -= 1
    return isAlone ? answer : { ...answer, body: 'late' }
  })
  const results = await runAll(measuring, [disturbed])
  expect(results.map(({ result, reason }) => `${result} ${reason}`)).toEqual(['pass ', 'pass '])
})

describe('a known difference', () => {
  it('is a failure that is reported as known', async () => {
    const driver = { ...bareDriver, differs: { 'a-rule': 'it tries nothing again' } }
    expect(await runScenario(attempts, driver)).toMatchObject({
      result: 'fail',
      reason: 'it tries nothing again',
      known: true,
    })
  })

  it('must leave the list when it passes', async () => {
    const driver = { ...bareDriver, differs: { 'a-rule': 'it tries nothing again' } }
    expect(await runScenario(once, driver)).toMatchObject({
      result: 'fail',
      reason: 'passes, and must leave the list of differences',
      known: false,
    })
  })
})
