import type { EventLog } from '../assemble/event-log.js'
import type { ActiveFault, FaultOffer, FaultsStand } from '../model/fault-stand.js'
import type { PagePlace } from '../sources/metrics-pages.js'
import { type FaultAtProxy, type ProxyFaults, ProxyFaultsSource } from '../sources/proxy-faults.js'
import { ActionWords } from './action-words.js'

const MINUTE_MS = 60_000

/**
 * Calls that proxies delay or fail on purpose: those of one service to another, at the proxy of the caller, and those of everybody to
 * a service, at the proxy before it. What is on is what the proxies tell, whoever has started it; each fault ends by itself.
 */
export class CallFaults {
  readonly source: ProxyFaultsSource
  readonly #events: EventLog
  readonly #deadlineMs: number
  #active: readonly ActiveFault[] = []

  constructor(
    places: () => readonly PagePlace[],
    events: EventLog,
    rhythm: { readonly everyMs: number; readonly deadlineMs: number },
  ) {
    this.#events = events
    this.#deadlineMs = rhythm.deadlineMs
    this.source = new ProxyFaultsSource(places, { ...rhythm, onRead: (proxies) => this.#heard(proxies) })
  }

  get stand(): FaultsStand {
    const targets = new Set(this.source.proxies.flatMap(targetsOf))
    return {
      offers: [...targets].flatMap((target) => [offerOf('delay', target), offerOf('abort', target)]),
      active: this.#active,
    }
  }

  async start(body: unknown): Promise<string> {
    const words = new ActionWords('start fault', body, ['id', 'delayMs', 'status', 'share', 'forMs'])
    const offer = this.#offer(words)
    const delayMs = words.maybeNumber('delayMs', { min: 1, max: MINUTE_MS }) ?? offer.delayMs
    const status = words.maybeNumber('status', { min: 200, max: 599 }) ?? offer.status
    const share = words.maybeNumber('share', { min: 0, max: 1 }) ?? 1
    const forMs = words.maybeNumber('forMs', { min: 1_000, max: 60 * MINUTE_MS }) ?? MINUTE_MS
    const how =
      offer.kind === 'delay' ? { delay: `${Math.round(delayMs ?? 0)}ms` } : { status: String(status) }
    await this.#change(words, offer.target, 'POST', {
      ...how,
      share: `${Number((share * 100).toFixed(6))}%`,
      for: `${Math.round(forMs)}ms`,
    })
    const what = offer.kind === 'delay' ? `delayed by ${delayMs} ms` : `answered with ${status}`
    return `${offer.description}: ${what}, ${share * 100}% of them, for ${Math.round(forMs / 1_000)} s`
  }

  async stop(body: unknown): Promise<string> {
    const words = new ActionWords('stop fault', body, ['id'])
    const offer = this.#offer(words)
    await this.#change(words, offer.target, 'DELETE', {})
    return `${placeOf(offer.target)} are left alone again`
  }

  #offer(words: ActionWords): FaultOffer {
    const id = words.text('id')
    const { offers } = this.stand
    const offer = offers.find((one) => one.id === id)
    if (offer !== undefined) return offer
    throw words.refused(`there is no fault ${id}; there are ${offers.map((one) => one.id).join(', ')}`)
  }

  /** At each of the proxies that the calls pass: of replicas, each has its own. */
  async #change(
    words: ActionWords,
    target: string,
    method: 'POST' | 'DELETE',
    query: Readonly<Record<string, string>>,
  ): Promise<void> {
    const to = target.split('>').at(-1) ?? target
    const proxies = this.source.proxies.filter((proxy) => targetsOf(proxy).includes(target))
    await Promise.all(
      proxies.map(async ({ admin }) => {
        const url = `${admin}/faults?${new URLSearchParams({ to, ...query }).toString()}`
        const response = await fetch(url, { method, signal: AbortSignal.timeout(this.#deadlineMs) })
        const text = await response.text()
        if (!response.ok) throw words.refused(`${admin} answers ${response.status}: ${text.trim()}`)
      }),
    )
  }

  #heard(proxies: readonly ProxyFaults[]): void {
    const before = this.#active
    const active = activeFaults(proxies, Date.now())
    this.#active = active
    for (const fault of active)
      if (!before.some(({ id }) => id === fault.id))
        this.#tell(fault, `fault on purpose: ${fault.description}`)
    for (const fault of before)
      if (!active.some(({ id }) => id === fault.id))
        this.#tell(fault, `the fault is over that struck ${fault.hits} of ${placeOf(fault.target)}`)
  }

  #tell({ target }: ActiveFault, text: string): void {
    const isEdge = target.includes('>')
    this.#events.add({
      kind: 'fault',
      level: 'warning',
      service: isEdge ? null : target,
      edge: isEdge ? target : null,
      text,
    })
  }
}

/** The edges whose calls a proxy forwards; before the process that it stands beside, that service. */
function targetsOf({ service, destinations }: ProxyFaults): string[] {
  return destinations.map(({ name }) => (name === service ? name : `${service}>${name}`))
}

function activeFaults(proxies: readonly ProxyFaults[], now: number): ActiveFault[] {
  const byTarget = new Map<string, FaultAtProxy[]>()
  for (const proxy of proxies) {
    const targets = targetsOf(proxy)
    for (const [index, { faults }] of proxy.destinations.entries()) {
      const target = targets[index] as string
      if (faults.length > 0) byTarget.set(target, [...(byTarget.get(target) ?? []), ...faults])
    }
  }
  return [...byTarget].map(([target, faults]) => activeFault(target, faults, now))
}

function activeFault(target: string, faults: readonly FaultAtProxy[], now: number): ActiveFault {
  const { rule } = faults[0] as FaultAtProxy
  const endsAt = Math.round(now + Math.max(...faults.map(({ leftMs }) => leftMs)))
  return {
    ...offerOf(rule.end === undefined ? 'delay' : 'abort', target),
    delayMs: rule.delay ?? null,
    status: rule.end ?? null,
    share: rule.share,
    forMs: rule.forMs,
    startedAt: endsAt - rule.forMs,
    endsAt,
    hits: faults.reduce((sum, { struck }) => sum + struck, 0),
    hitting: [target],
  }
}

function offerOf(kind: 'delay' | 'abort', target: string): FaultOffer {
  return {
    id: `${kind}:${target}`,
    kind,
    target,
    description: `${placeOf(target)} ${kind === 'delay' ? 'are slow' : 'fail'}`,
    delayMs: kind === 'delay' ? 2_000 : null,
    status: kind === 'abort' ? 503 : null,
    share: 1,
    forMs: MINUTE_MS,
  }
}

/** `order>payment` */
function placeOf(target: string): string {
  const [from, to] = target.split('>')
  return to === undefined ? `all calls to ${from}` : `calls of ${from} to ${to}`
}
