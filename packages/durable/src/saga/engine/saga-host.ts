import type { Transaction } from '../../store/store.js'
import { timersLane } from '../definition/step-plan-of.js'
import { deleteEndedSagas } from '../queries/delete-ended-sagas.js'
import { freeLateSagas } from '../queries/free-late-sagas.js'
import { freeStrandedSagas } from '../queries/free-stranded-sagas.js'
import { lookForSagas } from '../queries/look-for-sagas.js'
import { releaseOrphans } from '../queries/release-orphans.js'
import { requestSaga } from '../queries/request-saga.js'
import { databaseNow } from '../queries/keep-lease.js'
import { ownedSagas, releaseSagas } from '../queries/owned-sagas.js'
import type { ClaimedRow, SagaRequest } from '../queries/saga-record.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaEngineOptions } from './saga-engine-options.js'
import { DatabaseTime } from './database-time.js'
import { Lanes } from './lanes.js'
import { Lease } from './lease.js'
import { SagaPoll } from './saga-poll.js'
import type { SagaRegistry } from './saga-registry.js'
import { SagaRun } from './saga-run.js'
import type { SagaWriter } from './saga-writer.js'
import { Worker, type WorkerOptions } from './worker.js'

export interface SagaHostOptions extends Required<SagaEngineOptions> {
  readonly registry: SagaRegistry
  readonly writer: SagaWriter
  readonly ask: WorkerOptions['ask']
  readonly onWritten: (run: SagaRun) => void
}

/** At most so many in one statement, so that none lasts long; the next follows at once. */
const orphansMax = 500
const strandedMany = 500
const deletedMax = 1_000
const cleanUpEveryMs = 60_000

/** What makes one process work on sagas: its lease, its looks into the store, and the worker that they feed. */
export class SagaHost {
  readonly time: DatabaseTime
  readonly lanes: Lanes
  readonly #options: SagaHostOptions
  readonly #lease: Lease
  readonly #poll: SagaPoll
  readonly #worker: Worker
  #isOpen = false
  #orphansAt = 0
  #strays: ReadonlySet<string> = new Set()
  #cleanUpAt = 0

  constructor(options: SagaHostOptions) {
    this.#options = options
    const { store, clock, random, registry, writer, ask, leaseMs, pollMs, onTrouble } = options
    this.time = new DatabaseTime(clock)
    this.lanes = new Lanes(registry, options.dependencies, options.concurrency)
    this.#lease = new Lease({
      store,
      clock,
      time: this.time,
      leaseMs,
      onLapse: () => this.#dropLost(),
      onTrouble,
    })
    this.#poll = new SagaPoll({ clock, time: this.time, everyMs: pollMs, look: () => this.#look() })
    this.#worker = new Worker({
      writer,
      clock,
      random,
      ask,
      onTrouble,
      time: this.time,
      lanes: this.lanes,
      leaseHeld: () => this.#leaseHeld(),
      onWritten: (run) => this.#onWritten(run),
      onDue: (at) => this.#poll.dueAt(at),
    })
  }

  /** The id under which this process has sagas. */
  get worker(): string {
    return this.#lease.worker
  }

  has(id: string): boolean {
    return this.#worker.runs.has(id)
  }

  async open(): Promise<void> {
    await this.#lease.begin()
    this.#isOpen = true
    this.#poll.within(0)
  }

  /** For a process that takes up nothing, and so has no lease by which it would hear, and for one that has slept. */
  async learnTime(store: Transaction = this.#options.store): Promise<void> {
    const askedAt = this.#options.clock.now()
    this.time.learn(await databaseNow(store), askedAt)
  }

  adopt(run: SagaRun): void {
    this.#worker.adopt(run)
  }

  /** A saga was told something. */
  hint(): void {
    if (this.#isOpen) this.#poll.within(0)
  }

  async close(): Promise<void> {
    const { clock, drainMs } = this.#options
    this.#worker.stop()
    await this.#poll.close()
    const until = clock.now() + drainMs
    while (!this.#worker.isIdle && clock.now() < until) await this.#pause(Math.min(20, drainMs))
    for (const run of this.#worker.runs.values()) this.#worker.drop(run)
    await this.#lease.end(timersLane).catch(() => {})
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.setTimer(ms, resolve, true)
    })
  }

  async #leaseHeld(): Promise<void> {
    while (!this.#lease.isHeld) await this.#pause(50)
  }

  async #look(): Promise<boolean> {
    try {
      const { store, registry, clock } = this.#options
      const { places } = this.lanes
      const look = { worker: this.worker, places, definitions: registry.versions }
      const { claimed, requested } = await lookForSagas(store, look)
      for (const { id, epoch, revision, requests } of requested) {
        const run = this.#worker.runs.get(id)
        if (run?.epoch === epoch)
          this.#worker.takeRequests(run, revision, JSON.parse(requests) as SagaRequest[])
      }
      for (const row of claimed) this.#take(row)
      if (clock.now() >= this.#orphansAt) await this.#releaseOrphans()
      if (clock.now() >= this.#cleanUpAt) await this.#cleanUp()
      return claimed.length > 0
    } catch (error) {
      this.#options.onTrouble(error)
      return false
    }
  }

  #take(row: ClaimedRow): void {
    const at = this.time.now()
    try {
      const state = JSON.parse(row.state) as SagaState
      const resolved = this.#options.registry.resolve(row.name, row.version, state, at)
      if (resolved === undefined)
        throw new Error(`no definition of saga ${row.name} in version ${row.version}`)
      const { id, parent, epoch, revision } = row
      const run = new SagaRun({ id, parent, epoch, revision, ...resolved })
      run.isMoved = resolved.state !== state
      this.#worker.claim(run, JSON.parse(row.requests) as SagaRequest[])
    } catch (error) {
      // One saga that cannot be read stops no other; it comes again when the lease of this worker ends.
      this.#options.onTrouble(error, row.id)
    }
  }

  async #releaseOrphans(): Promise<void> {
    const { store, clock, leaseMs } = this.#options
    const freed = await releaseOrphans(store, {
      worker: this.worker,
      waitsFor: timersLane,
      limit: orphansMax,
    })
    const overlooked = await this.#freeOverlooked()
    const areMany = freed === orphansMax || overlooked >= strandedMany
    this.#orphansAt = areMany ? 0 : clock.now() + leaseMs / 3
    if (freed + overlooked > 0) this.hint()
    await this.#releaseStrays()
  }

  /** Those that no worker would find by what they wait for, or not in time. */
  async #freeOverlooked(): Promise<number> {
    const { store, registry } = this.#options
    const { versions: definitions, deadlines } = registry
    const known = [timersLane, ...this.lanes.names]
    const stranded = await freeStrandedSagas(store, { waitsFor: timersLane, known, definitions })
    const { full } = this.lanes
    return stranded + (await freeLateSagas(store, { waitsFor: timersLane, full, deadlines }))
  }

  /**
   * The answer to a claim may have been lost: then the store says that this worker has a saga of which it knows nothing.
   * Seen twice, it is no claim that is only just under way.
   */
  async #releaseStrays(): Promise<void> {
    const { store } = this.#options
    const owned = await ownedSagas(store, this.worker)
    const strays = [...owned.keys()].filter((id) => !this.#worker.runs.has(id))
    const ids = strays.filter((id) => this.#strays.has(id))
    this.#strays = new Set(strays)
    if (ids.length === 0) return
    await releaseSagas(store, { worker: this.worker, ids, waitsFor: timersLane })
    this.hint()
  }

  async #cleanUp(): Promise<void> {
    const { store, clock, keepEndedMs } = this.#options
    const deleted = await deleteEndedSagas(store, keepEndedMs, deletedMax)
    this.#cleanUpAt = deleted === deletedMax ? 0 : clock.now() + cleanUpEveryMs
  }

  /** After a pause that outlived the lease: what others have taken is not gone on with. */
  async #dropLost(): Promise<void> {
    const owned = await ownedSagas(this.#options.store, this.worker)
    for (const run of this.#worker.runs.values())
      if (owned.get(run.id) !== run.epoch && !run.isWriting) this.#worker.drop(run)
  }

  #onWritten(run: SagaRun): void {
    this.#options.onWritten(run)
    if (run.parent === null) return
    if (run.state.status === 'running' || run.state.status === 'compensating') return
    // A parent that misses this asks by itself, a little later.
    const step = run.id.slice(run.parent.length + 1)
    requestSaga(this.#options.store, run.parent, { type: 'woken', step }).then(
      () => this.hint(),
      (error: unknown) => this.#options.onTrouble(error, run.id),
    )
  }
}
