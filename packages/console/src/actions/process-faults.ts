import type { FaultsStand } from '../model/fault-stand.js'
import type { Told } from '../model/told.js'
import type { RunSource } from '../sources/run-source.js'
import { ActionWords } from './action-words.js'

/** What the supervisor can do to the processes of a service: a freeze that goes on until it is stopped or found out, and a crash. */
export class ProcessFaults {
  readonly #run: RunSource | undefined
  /** Frozen services, and since when. */
  readonly #frozen = new Map<string, { readonly startedAt: number; readonly pid: number | null }>()

  constructor(run: RunSource | undefined) {
    this.#run = run
  }

  get told(): Told<FaultsStand> {
    const told = this.#run?.source.told
    if (told === undefined) return { known: false, source: 'supervisor', reason: 'no document is named' }
    if (!told.known) return told
    const services = told.value.programs.filter(
      ({ kind, service, name }) => kind === 'service' && name === service,
    )
    // A process that does not answer is killed and replaced by the supervisor: then the freeze is over.
    for (const [service, { pid }] of this.#frozen)
      if (!services.some((program) => program.service === service && program.pid === pid))
        this.#frozen.delete(service)
    return {
      known: true,
      value: {
        offers: services.flatMap(({ service }) => [offerOf('freeze', service), offerOf('kill', service)]),
        active: [...this.#frozen].map(([service, { startedAt }]) => ({
          ...offerOf('freeze', service),
          startedAt,
          endsAt: null,
          hits: null,
          hitting: [service],
        })),
      },
    }
  }

  async start(body: unknown): Promise<string> {
    const words = new ActionWords('start fault', body, ['id'])
    const id = words.text('id')
    const { told } = this
    const offers = told.known ? told.value.offers : []
    const offer = offers.find((one) => one.id === id)
    if (offer === undefined || this.#run === undefined)
      throw words.refused(`there is no fault ${id}; there are ${offers.map((one) => one.id).join(', ')}`)
    const { kind, target } = offer
    const client = await this.#run.client()
    await client.signal(target, kind === 'kill' ? 'SIGKILL' : 'SIGSTOP')
    if (kind === 'kill') return `${target} has been killed; the supervisor starts it again`
    const { source } = this.#run
    const programs = source.told.known ? source.told.value.programs : []
    const pid = programs.find(({ name }) => name === target)?.pid ?? null
    this.#frozen.set(target, { startedAt: Date.now(), pid })
    return `${target} is frozen, until it is stopped or the supervisor finds it out`
  }

  async stop(body: unknown): Promise<string> {
    const words = new ActionWords('stop fault', body, ['id'])
    const service = /^freeze:(.*)$/.exec(words.text('id'))?.[1] ?? ''
    if (!this.#frozen.has(service) || this.#run === undefined) throw words.refused('no such fault is on')
    await (await this.#run.client()).signal(service, 'SIGCONT')
    this.#frozen.delete(service)
    return `${service} goes on`
  }
}

function offerOf(kind: 'freeze' | 'kill', target: string) {
  const description =
    kind === 'freeze' ? `${target} hangs: it takes connections and answers nothing` : `${target} crashes`
  const none = { delayMs: null, status: null, share: null, forMs: null }
  return { id: `${kind}:${target}`, kind, target, description, ...none }
}
