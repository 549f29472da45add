import type { CallModel, SystemModel } from '../model/system-model.js'
import { strongComponents } from './strong-components.js'

/**
 * How available each service can be at most, by what it cannot do without.
 *
 * Every service that states an objective has a share of unavailability of its own: what its objective leaves when its
 * dependencies are taken out. A service is up when all that it cannot do without is, each counted once, however many
 * ways lead there; so the bound is the product of those shares over the set behind the service. Members of a circle have
 * the same set behind them. Cost: for each service, or circle, the calls behind it.
 */
export class AvailabilityBounds {
  readonly #names: readonly string[]
  readonly #ids: ReadonlyMap<string, number>
  /** The hard callees of each service, by number. */
  readonly #hard: readonly (readonly number[])[]
  readonly #own: Float64Array
  readonly #bounds: Float64Array
  readonly #seenAt: Uint32Array
  #walks: number = 0

  constructor(model: SystemModel) {
    const names = [...model.services.keys()]
    const ids = new Map(names.map((name, id) => [name, id]))
    this.#names = names
    this.#ids = ids
    this.#hard = names.map((name) =>
      (model.services.get(name)?.calls ?? []).filter(isHard).flatMap(({ to }) => ids.get(to) ?? []),
    )
    this.#own = new Float64Array(names.length).fill(1)
    this.#bounds = new Float64Array(names.length).fill(1)
    this.#seenAt = new Uint32Array(names.length)
    const targets = (name: string): string[] =>
      (this.#hard[ids.get(name) ?? 0] ?? []).map((id) => names[id] ?? '')
    // Components arrive callees first, so the shares behind each are known.
    for (const component of strongComponents(names, targets)) {
      this.#settle(
        component.map((name) => ids.get(name) ?? 0),
        model,
      )
    }
  }

  /** The bound of a service, without what it promises itself; 1 when nothing is known of what is behind it. */
  of(service: string): number {
    return Number((this.#bounds[this.#ids.get(service) ?? -1] ?? 1).toFixed(8))
  }

  /** What counts against a service: those behind it that fail by themselves. */
  counted(service: string): string[] {
    const id = this.#ids.get(service)
    const behind = id === undefined ? [] : this.#behind(id)
    return behind.filter((at) => (this.#own[at] ?? 1) < 1).map((at) => this.#names[at] ?? '')
  }

  #settle(members: readonly number[], model: SystemModel): void {
    const [first = 0] = members
    const inside = new Set(members)
    let outside = 1
    for (const at of this.#behind(first)) if (!inside.has(at)) outside *= this.#own[at] ?? 1
    let all = 1
    const others = (id: number): number => all / (this.#own[id] ?? 1)
    for (const id of members) {
      const stated = model.services.get(this.#names[id] ?? '')?.availability
      if (stated === undefined) continue
      const behind = outside * others(id)
      // A promise above what the dependencies allow adds nothing of its own.
      this.#own[id] = behind === 0 ? 1 : Math.max(SMALLEST, Math.min(1, stated / behind))
      all *= this.#own[id] ?? 1
    }
    for (const id of members) this.#bounds[id] = outside * others(id)
  }

  #behind(start: number): number[] {
    const walk = ++this.#walks
    this.#seenAt[start] = walk
    const found = [start]
    for (let index = 0; index < found.length; index++) {
      for (const to of this.#hard[found[index] ?? 0] ?? []) {
        if (this.#seenAt[to] === walk) continue
        this.#seenAt[to] = walk
        found.push(to)
      }
    }
    return found.slice(1)
  }
}

/** A service that promises nothing still leaves something to divide by. */
const SMALLEST = 1e-12

/** Whether a service cannot answer without a call: it is needed, and its fallback does not cover every operation. */
export function isHard({ optional, fallback, operations }: CallModel): boolean {
  if (optional) return false
  if (fallback === undefined) return true
  if (fallback.status !== undefined) return fallback.status >= 500
  // A last good answer stands in for what reads, a queue for what writes; undeclared operations have the benefit of doubt.
  const isCovered = fallback.cache === undefined ? isWrite : isRead
  return ![...operations.keys()].every(isCovered)
}

function isRead(operation: string): boolean {
  return /^(GET|HEAD) /.test(operation)
}

function isWrite(operation: string): boolean {
  return !isRead(operation)
}
