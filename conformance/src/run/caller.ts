import type { CallerRequest, Subject } from '../drivers/driver.js'
import type { RequestBody, Send } from '../scenario/step-schema.js'
import { CALL_HEADER } from '../upstream/recorded-request.js'
import type { Recorder } from '../upstream/recorder.js'
import { pause } from './pause.js'
import type { SentRequest } from './sent-request.js'

/** Makes the requests of a scenario. */
export class Caller {
  readonly #subject: Subject
  readonly #recorder: Recorder
  #calls: number = 0

  constructor(subject: Subject, recorder: Recorder) {
    this.#subject = subject
    this.#recorder = recorder
  }

  /** The requests of one step, in the order of sending. */
  async send(step: Send): Promise<readonly SentRequest[]> {
    const { times, together, every, until } = step
    const sent: SentRequest[] = []
    let next = 0
    const work = async (): Promise<void> => {
      const isOver = (): boolean => until !== undefined && sent.at(-1)?.answer.outcome === until
      while (next < times && !isOver()) {
        const number = next++
        if (number > 0 && together === 1) await pause(every)
        sent[number] = await this.#one(step, number)
      }
    }
    if (together < times) await Promise.all(Array.from({ length: together }, work))
    else await Promise.all(Array.from({ length: times }, (_, number) => this.#later(step, number, sent)))
    return sent
  }

  /** All begin at one time, or one after the other without waiting for each other's end. */
  async #later(step: Send, number: number, sent: SentRequest[]): Promise<void> {
    await pause(number * step.every)
    sent[number] = await this.#one(step, number)
  }

  async #one(step: Send, number: number): Promise<SentRequest> {
    const call = this.#calls++
    const [method = '', path = ''] = step.send.replace('{n}', String(number)).split(' ')
    const giveUp = new AbortController()
    const timer =
      step.giveUpAfter === undefined ? undefined : setTimeout(() => giveUp.abort(), step.giveUpAfter)
    const request: CallerRequest = {
      method,
      path,
      headers: { ...step.headers, [CALL_HEADER]: `${this.#recorder.token}-${call}` },
      body: step.body === undefined ? undefined : bodyOf(step.body),
      signal: timer === undefined ? undefined : giveUp.signal,
      onBody: () => this.#recorder.reachedCaller(call),
    }
    const startedAt = performance.now()
    const answer = await this.#subject.send(request)
    clearTimeout(timer)
    return { step, call, answer, tookMs: performance.now() - startedAt }
  }
}

function bodyOf({ parts, everyMs, streamed }: RequestBody): string | AsyncIterable<Uint8Array> {
  return streamed ? streamOf(parts, everyMs) : parts.join('')
}

async function* streamOf(parts: readonly string[], everyMs: number): AsyncGenerator<Uint8Array> {
  for (const [index, part] of parts.entries()) {
    if (index > 0) await pause(everyMs)
    yield Buffer.from(part)
  }
}
