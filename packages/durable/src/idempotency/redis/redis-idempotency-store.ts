import { createHash } from 'node:crypto'
import { decodeAnswer, encodeAnswer, type KeptAnswer } from '../answer/kept-answer.js'
import { IdempotencyReplicationError } from '../errors.js'
import type { Claim, ClaimRequest, ClaimResult, IdempotencyStore } from '../idempotency-store.js'
import type { RedisClient } from './redis-client.js'
import { claimScript, finishScript, releaseScript, renewScript } from './scripts.js'

const PREFIX = 'watertight:idempotency:'
const REPLICATION_MS = 1_000

export interface RedisIdempotencyStoreOptions {
  readonly client: RedisClient
  /**
   * How many replicas must have a claim or an answer before it counts, waited for up to a second. Default 0: a claim that
   * the primary has not handed on yet is lost when a replica takes its place, and a request may then run twice.
   */
  readonly replicas?: number
}

/** Keys in Redis 7, each in a hash of its own that Redis removes when it has expired. */
export class RedisIdempotencyStore implements IdempotencyStore {
  private readonly client: RedisClient
  private readonly replicas: number

  constructor({ client, replicas = 0 }: RedisIdempotencyStoreOptions) {
    this.client = client
    this.replicas = replicas
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { id, fingerprint, leaseMs, expiryMs, onTakeover, claimant } = request
    const rerun = onTakeover === 'rerun' ? '1' : '0'
    const values = [fingerprint, String(leaseMs), String(expiryMs), rerun, claimant]
    const [kind, first, second] = (await this.run(claimScript, id, values)) as [
      ClaimResult['kind'],
      string,
      string,
    ]
    if (kind === 'new' || kind === 'takeover') {
      return { kind, claim: { id, epoch: Number(first), expiresAt: Number(second) / 1_000 } }
    }
    if (kind === 'replay') return { kind, answer: decodeAnswer(first), expiresAt: Number(second) / 1_000 }
    return { kind }
  }

  async finish({ id, epoch }: Claim, answer: KeptAnswer): Promise<boolean> {
    return (await this.run(finishScript, id, [String(epoch), encodeAnswer(answer)])) === 1
  }

  async renew({ id, epoch }: Claim, leaseMs: number): Promise<boolean> {
    return (await this.run(renewScript, id, [String(epoch), String(leaseMs)])) === 1
  }

  async release({ id, epoch }: Claim): Promise<boolean> {
    return (await this.run(releaseScript, id, [String(epoch)])) === 1
  }

  /** Redis removes by itself what has expired. */
  async clean(): Promise<number> {
    return 0
  }

  async close(): Promise<void> {
    await this.client.quit()
  }

  private async run(script: string, id: string, values: string[]): Promise<unknown> {
    try {
      return await this.replicated(this.client.evalsha(shaOf(script), 1, PREFIX + id, ...values))
    } catch (error) {
      // So says a server that has just been started, or has just taken the place of another.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return await this.replicated(this.client.eval(script, 1, PREFIX + id, ...values))
    }
  }

  /** Both commands are sent at once, so that waiting for replicas costs no round trip of ours. */
  private async replicated(running: Promise<unknown>): Promise<unknown> {
    if (this.replicas === 0) return await running
    const [result, copies] = await Promise.all([running, this.client.wait(this.replicas, REPLICATION_MS)])
    if (copies < this.replicas) throw new IdempotencyReplicationError(this.replicas, copies)
    return result
  }
}

const shas = new Map<string, string>()

function shaOf(script: string): string {
  let sha = shas.get(script)
  if (sha === undefined) {
    sha = createHash('sha1').update(script).digest('hex')
    shas.set(script, sha)
  }
  return sha
}
