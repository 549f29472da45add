import { checkAnswers } from '../checks/check-answers.js'
import { checkCounts } from '../checks/check-requests.js'
import { within } from '../checks/within.js'
import type { Subject } from '../drivers/driver.js'
import type { Scenario } from '../scenario/scenario-schema.js'
import type { Send, Step } from '../scenario/step-schema.js'
import type { Upstream } from '../upstream/upstream.js'
import { pause } from './pause.js'
import { Caller } from './caller.js'

/** Takes the steps of a scenario, one after the other, and answers all that speaks against what callers see. */
export async function runSteps(
  scenario: Scenario,
  upstream: Upstream,
  subject: Subject,
): Promise<readonly string[]> {
  const run = new StepRun(scenario, upstream, subject)
  for (const [index, step] of scenario.steps.entries()) {
    const about = `step ${index + 1} (${Object.keys(step)[0]})`
    await bounded(run.take(step), scenario.within, about)
    // What follows from a wrong step only hides it.
    if (run.faults.length > 0) return run.faults
  }
  await bounded(run.finish(), scenario.within, 'what was under way')
  return run.faults
}

class StepRun {
  readonly faults: string[] = []
  readonly #scenario: Scenario
  readonly #upstream: Upstream
  readonly #subject: Subject
  readonly #caller: Caller
  readonly #underWay: Promise<void>[] = []

  constructor(scenario: Scenario, upstream: Upstream, subject: Subject) {
    this.#scenario = scenario
    this.#upstream = upstream
    this.#subject = subject
    this.#caller = new Caller(subject, upstream.recorder)
  }

  async take(step: Step): Promise<void> {
    const { recorder } = this.#upstream
    if ('send' in step) await this.#send(step)
    else if ('wait' in step) await pause(step.wait)
    else if ('until' in step) {
      const wanted = Object.entries(step.until)
      await recorder.when(() => wanted.every(([name, bounds]) => within(recorder.countAt(name), bounds)))
    } else if ('seen' in step) this.faults.push(...checkCounts(step.seen, recorder))
    else if ('down' in step) await this.#upstream.endpoint(step.down).stop()
    else if ('up' in step) await this.#upstream.endpoint(step.up).start()
    else if ('endpoints' in step) await this.#moveTo(step.endpoints)
    else if ('reload' in step) await this.#subject.reload({ ...this.#scenario.policy, ...step.reload })
    else await this.#subject.drain()
  }

  async finish(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  async #send(step: Send): Promise<void> {
    const sent = this.#caller.send(step).then((requests) => {
      this.faults.push(...checkAnswers(step, requests))
    })
    if (step.meanwhile) this.#underWay.push(sent)
    else await sent
  }

  /** A first step that names endpoints only says where the callee was from the start. */
  async #moveTo(names: readonly string[]): Promise<void> {
    const { recorder } = this.#upstream
    if (recorder.requests.length > 0) recorder.epoch += 1
    await this.#subject.moveTo(this.#upstream.named(names))
  }
}

/** A step that does not end must not hold the others up. */
async function bounded(work: Promise<void>, limitMs: number, about: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${about} did not end within ${limitMs} ms`)), limitMs)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
