import type { FaultsStand } from '../model/fault-stand.js'
import type { Told } from '../model/told.js'
import type { Action } from './action.js'
import type { CallFaults } from './call-faults.js'
import type { ProcessFaults } from './process-faults.js'

/** Everything that can be made to go wrong on purpose: calls, by proxies, and processes, by the supervisor. */
export class AllFaults {
  readonly #processes: ProcessFaults
  readonly #calls: CallFaults

  constructor(processes: ProcessFaults, calls: CallFaults) {
    this.#processes = processes
    this.#calls = calls
  }

  /** Either will do: proxies may run where no supervisor does. */
  get told(): Told<FaultsStand> {
    const processes = this.#processes.told
    const calls = this.#calls.stand
    if (!processes.known) return calls.offers.length === 0 ? processes : { known: true, value: calls }
    const { offers, active } = processes.value
    return {
      known: true,
      value: { offers: [...calls.offers, ...offers], active: [...calls.active, ...active] },
    }
  }

  actions(): Action[] {
    const obstacle = (): string | null => {
      const { told } = this
      return told.known ? null : `watertight up cannot be asked: ${told.reason}`
    }
    const whose = (body: unknown): ProcessFaults | CallFaults =>
      /^(delay|abort):/.test(String((body as { id?: unknown } | null)?.id)) ? this.#calls : this.#processes
    return [
      { name: 'start-fault', obstacle, act: (body) => whose(body).start(body) },
      { name: 'stop-fault', obstacle, act: (body) => whose(body).stop(body) },
    ]
  }
}
