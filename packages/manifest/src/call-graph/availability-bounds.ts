import type { CallModel, SystemModel } from '../model/system-model.js'

/**
 * How available each service can be at most, by what it cannot do without.
 *
 * Every service that states an objective has a share of unavailability of its own: what its objective leaves when its
 * dependencies are taken out. A service is up when all that it cannot do without is, each counted once, however many
 * ways lead there; so the bound is the product of those shares over the set behind the service. Cost: for each service
 * with an objective, the calls behind it.
 */
export class AvailabilityBounds {
  readonly #names: readonly string[]
  readonly #ids: ReadonlyMap<string, number>
  /** The hard callees of each service, by number. */
  readonly #hard: readonly (readonly number[])[]
  readonly #own: Float64Array
  readonly #seenAt: Uint32Array
  #walks: number = 0

  /** `calleesFirst` lists every service after what it calls. */
  constructor(model: SystemModel, calleesFirst: readonly string[]) {
    this.#names = calleesFirst
    const ids = new Map(calleesFirst.map((name, id) => [name, id]))
    this.#ids = ids
    this.#hard = calleesFirst.map((name) =>
      (model.services.get(name)?.calls ?? []).filter(isHard).flatMap(({ to }) => ids.get(to) ?? []),
    )
    this.#own = new Float64Array(calleesFirst.length).fill(1)
    this.#seenAt = new Uint32Array(calleesFirst.length)
    for (const [id, name] of calleesFirst.entries()) {
      const stated = model.services.get(name)?.availability
      if (stated === undefined) continue
      const behind = this.#bound(id)
      // A promise above what the dependencies allow adds nothing of its own.
      this.#own[id] = behind === 0 ? 1 : Math.min(1, stated / behind)
    }
  }

  /** The bound of a service, without what it promises itself; 1 when nothing is known of what is behind it. */
  of(service: string): number {
    const id = this.#ids.get(service)
    return id === undefined ? 1 : Number(this.#bound(id).toFixed(8))
  }

  /** What counts against a service: those behind it that fail by themselves. */
  counted(service: string): string[] {
    const id = this.#ids.get(service)
    const behind = id === undefined ? [] : this.#behind(id)
    return behind.filter((at) => (this.#own[at] ?? 1) < 1).map((at) => this.#names[at] ?? '')
  }

  #bound(id: number): number {
    let bound = 1
    for (const at of this.#behind(id)) bound *= this.#own[at] ?? 1
    return bound
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
