import { timersLane } from '../definition/step-plan-of.js'
import { checkOptions, integer } from '@watertight/policy/options'
import type { SagaRegistry } from './saga-registry.js'
import { Lane } from './lane.js'
import type { LanePlaces } from '../queries/look-for-sagas.js'

/** How many are claimed at a time: of each dependency, and of those that wait for none. */
const claimedMax = 200

/** A lane for each dependency that the known sagas have. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>()

  /** @param bounds steps of a dependency that run at once, by its name; `fallback` for every other */
  constructor(registry: SagaRegistry, bounds: Readonly<Record<string, number>>, fallback: number) {
    const names = [...registry.dependencies].filter((dependency) => dependency !== timersLane)
    // A bound that is misspelt would bound nothing.
    const rules = Object.fromEntries(names.map((name) => [name, integer(1)]))
    checkOptions('saga engine', bounds, rules, 'dependencies.')
    let turns = 0
    const countTurn = (): number => (turns += 1)
    for (const dependency of names) {
      const bound = Object.hasOwn(bounds, dependency) ? bounds[dependency] : undefined
      this.#lanes.set(dependency, new Lane(bound ?? fallback, countTurn))
    }
  }

  get names(): string[] {
    return [...this.#lanes.keys()]
  }

  /** What there is no room for. */
  get full(): string[] {
    return this.names.filter((name) => this.of(name).places <= 0)
  }

  of(dependency: string): Lane {
    const lane = this.#lanes.get(dependency)
    if (lane === undefined) throw new Error(`cannot run a step: its dependency ${dependency} is not known`)
    return lane
  }

  placesFor(dependency: string, isAgain: boolean): number {
    const lane = this.of(dependency)
    return isAgain ? lane.places : lane.firstPlaces
  }

  /** Of those that ask one dependency each, the one whose dependency moved last: one that hangs is not waited for first. */
  liveliest<Asked extends { readonly dependency: string }>(asked: readonly Asked[]): Asked | undefined {
    let best = asked[0]
    for (const one of asked)
      if (best !== undefined && this.of(one.dependency).lastTurn > this.of(best.dependency).lastTurn)
        best = one
    return best
  }

  /** How many more sagas are wanted of those that wait for each dependency, or for nothing but time. */
  get places(): Map<string, LanePlaces> {
    const places = new Map([[timersLane, { first: claimedMax, all: claimedMax, again: 0 }]])
    for (const [name, lane] of this.#lanes) {
      const [first, all, again] = [bounded(lane.firstPlaces), bounded(lane.places), lane.againPlaces]
      if (first + all + again > 0) places.set(name, { first, all, again })
    }
    return places
  }
}

const bounded = (places: number): number => Math.min(claimedMax, Math.max(0, places))
