import { virtualClock, type VirtualClock } from '@watertight/policy/testing'
import type { KeptAnswer } from '../../src/idempotency/answer/kept-answer.js'
import { type Entry, enterRequest } from '../../src/idempotency/enter-request.js'
import { IdempotencyContext } from '../../src/idempotency/idempotency-context.js'
import type { Claim, IdempotencyStore } from '../../src/idempotency/idempotency-store.js'
import type { OnTakeover } from '../../src/idempotency/decide-claim.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'

const LEASE_MS = 1_000
const CALLERS = 4
const PATIENCE_MS = 600_000

/** What came of one schedule. */
export interface Outcome {
  readonly charges: number
  /** What each caller was told last. */
  readonly told: readonly string[]
}

/** The database of a business: its charges, and with them, in the same transactions, the keys. */
class Bank {
  charges: number = 0
  readonly keys: MemoryIdempotencyStore
  constructor(clock: VirtualClock) {
    this.keys = new MemoryIdempotencyStore({ clock })
  }

  /** The charge and the answer are committed together, or neither is. */
  async chargeAndFinish(claim: Claim, answer: KeptAnswer): Promise<boolean> {
    const isKept = await this.keys.finish(claim, answer)
    if (isKept) this.charges += 1
    return isKept
  }
}

/**
 * A process that may stop for a while, or for ever, before and after whatever it does to the outside. A call that a dead
 * process is in never comes back.
 */
class Process {
  isDead: boolean = false
  readonly context: IdempotencyContext
  private readonly clock: VirtualClock
  private readonly random: () => number
  private pausedUntil: number = 0

  constructor(bank: Bank, clock: VirtualClock, random: () => number, onTakeover: OnTakeover) {
    this.clock = clock
    this.random = random
    this.context = new IdempotencyContext({
      store: this.seen(bank.keys),
      caller: () => 'all',
      leaseMs: LEASE_MS,
      onTakeover,
      clock,
      onError: () => undefined,
    })
  }

  /** Does it, unless the process dies before; returns, unless it dies after. */
  async step<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.live()
    const result = await work()
    await this.live()
    return result
  }

  private async live(): Promise<void> {
    const draw = this.random()
    if (draw < 0.04) this.isDead = true
    // As long as a garbage collection, or as a machine that was suspended.
    else if (draw < 0.12) this.pausedUntil = this.clock.now() + this.random() * 3 * LEASE_MS
    for (;;) {
      if (this.isDead) await new Promise<never>(() => undefined)
      const leftMs = this.pausedUntil - this.clock.now()
      if (leftMs <= 0) return
      await new Promise<void>((resolve) => this.clock.setTimer(leftMs, resolve))
    }
  }

  private seen(keys: MemoryIdempotencyStore): IdempotencyStore {
    return {
      claim: (request) => this.step(() => keys.claim(request)),
      finish: (claim, answer) => this.step(() => keys.finish(claim, answer)),
      finishWithin: (_transaction, claim, answer) => this.step(() => keys.finish(claim, answer)),
      renew: (claim, leaseMs) => this.step(() => keys.renew(claim, leaseMs)),
      release: (claim) => this.step(() => keys.release(claim)),
      clean: (limit) => keys.clean(limit),
      close: () => Promise.resolve(),
    }
  }
}

const answerOf = (epoch: number): KeptAnswer => ({
  status: 201,
  headers: [],
  body: Buffer.from(`charged by ${epoch}`),
})

/** One request in one process, as the middleware runs it. */
async function serve(process: Process, bank: Bank, inTransaction: boolean): Promise<string> {
  const entry: Entry = await enterRequest(process.context, {
    request: {
      method: 'POST',
      path: '/charges',
      query: '',
      route: '/charges',
      header: (name) => (name === 'idempotency-key' ? 'k' : undefined),
      native: undefined,
    },
    readBody: async () => ({ kind: 'bytes', bytes: Buffer.from('{"amount":1}') }),
    isGone: () => process.isDead,
  })
  if (entry.kind === 'answer') return wordsOf(entry.answer)
  if (entry.kind !== 'run') throw new Error(`a request with a key must not be ${entry.kind}`)
  const { run } = entry
  const answer = answerOf(run.epoch)
  if (inTransaction) {
    const claim: Claim = { id: run.claimId, epoch: run.epoch, expiresAt: 0 }
    const isCommitted = await process.step(() => bank.chargeAndFinish(claim, answer))
    if (!isCommitted)
      return wordsOf((await run.complete({ status: 500, headers: [], body: undefined })).answer)
  } else await process.step(async () => void (bank.charges += 1))
  return wordsOf((await run.complete(answer)).answer)
}

function wordsOf({ status, body }: KeptAnswer): string {
  const text = Buffer.from(body ?? []).toString()
  const code = /WT_[A-Z_]+/.exec(text)?.[0]
  return `${status} ${code ?? text}`
}

/** Callers with one key, in processes that die and stop at random: each tries again until it is told something final. */
export async function runSchedule(
  random: () => number,
  onTakeover: OnTakeover,
  inTransaction: boolean,
): Promise<Outcome> {
  const clock = virtualClock()
  const bank = new Bank(clock)
  const start = (): Process => new Process(bank, clock, random, onTakeover)
  const processes = [start(), start(), start()]
  const told: string[] = []
  const call = async (): Promise<void> => {
    await pause(random() * 2 * LEASE_MS)
    for (let words = ''; clock.now() < PATIENCE_MS; await pause(50 + random() * LEASE_MS)) {
      const index = Math.floor(random() * processes.length)
      if (processes[index]!.isDead) processes[index] = start()
      const answered = serve(processes[index]!, bank, inTransaction)
      // A caller waits only so long, and its connection is cut when the process dies.
      words = await Promise.race([answered, pause(3 * LEASE_MS).then(() => 'nothing')])
      if (/^201|OUTCOME_UNKNOWN|^500/.test(words)) return void told.push(words)
    }
    told.push('nothing')
  }
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimer(ms, resolve))
  const all = Promise.all(Array.from({ length: CALLERS }, () => call()))
  while (told.length < CALLERS) await clock.advance(100)
  await all
  return { charges: bank.charges, told }
}
