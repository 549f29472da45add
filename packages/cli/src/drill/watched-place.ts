import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 500
const ANSWER_MS = 2_000

/** A place that answers 200 while all is well, asked twice a second. */
export class WatchedPlace {
  /** What it answers in place of 200. */
  trouble: string | undefined = undefined
  readonly #place: string
  readonly #urls: () => Promise<readonly string[]>
  readonly #closing = new AbortController()
  readonly #asking: Promise<void>
  #first: () => void = () => {}
  readonly #asked = new Promise<void>((resolve) => (this.#first = resolve))

  /** `urls` are all processes that are to answer so: each is asked. */
  constructor(place: string, urls: () => Promise<readonly string[]>) {
    this.#place = place
    this.#urls = urls
    this.#asking = this.#run()
  }

  /** Resolves once it has been asked. */
  get asked(): Promise<void> {
    return this.#asked
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#asking
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      this.trouble = await this.#ask()
      this.#first()
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {})
    }
  }

  async #ask(): Promise<string | undefined> {
    try {
      const said = await Promise.all((await this.#urls()).map(answerOf))
      const wrong = said.find((one) => one !== '200')
      return wrong === undefined ? undefined : `GET ${this.#place}, which ${saying(wrong)}`
    } catch {
      return `GET ${this.#place}, which nobody answers`
    }
  }
}

async function answerOf(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) }).catch(
    () => undefined,
  )
  await answer?.body?.cancel()
  return answer === undefined ? 'nothing' : String(answer.status)
}

function saying(said: string): string {
  return said === 'nothing' ? 'is not answered' : `answers ${said}`
}
