import { createHash } from 'node:crypto'
import { decodeAnswer, encodeAnswer, type KeptAnswer } from '../answer/kept-answer.js'
import { IdempotencyReplicationError } from '../errors.js'
import { type ClaimedResult, giveBack } from '../give-back.js'
import type { Claim, ClaimRequest, ClaimResult, IdempotencyStore } from '../idempotency-store.js'
import type { RedisClient } from './redis-client.js'
import { claimScript, finishScript, releaseScript, renewScript } from './scripts.js'

const PREFIX = 'watertight:idempotency:'
const REPLICATION_MS = 1_000

type ClaimAnswer = readonly [kind: ClaimResult['kind'], first: string, second: string]

/** What a script has answered, and how many replicas have what it wrote. */
interface Replicated {
  readonly answer: unknown
  readonly copies: number
}

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
    const { answer, copies } = await this.run(claimScript, id, values)
    const result = resultOf(id, answer as ClaimAnswer)
    if (copies < this.replicas) {
      if ('claim' in result) await this.takeBack(result, request)
      throw new IdempotencyReplicationError(this.replicas, copies)
    }
    return result
  }

  async finish({ id, epoch }: Claim, answer: KeptAnswer): Promise<boolean> {
    return await this.runOwned(finishScript, id, [String(epoch), encodeAnswer(answer)])
  }

  async renew({ id, epoch }: Claim, leaseMs: number): Promise<boolean> {
    return await this.runOwned(renewScript, id, [String(epoch), String(leaseMs)])
  }

  async release({ id, epoch }: Claim): Promise<boolean> {
    return await this.runOwned(releaseScript, id, [String(epoch)])
  }

  /** Redis removes by itself what has expired. */
  async clean(): Promise<number> {
    return 0
  }

  async close(): Promise<void> {
    await this.client.quit()
  }

  /** A claim that does not count must not stay: its key would be locked, though nothing has run. */
  private async takeBack(claimed: ClaimedResult, request: ClaimRequest): Promise<void> {
    // The copies are what is missing: it is not waited for them.
    const here = new RedisIdempotencyStore({ client: this.client })
    // If it fails, whoever has asked for the claim settles it later.
    await giveBack(here, claimed, request).catch(() => undefined)
  }

  /** A step of the owner: whether it still is that. */
  private async runOwned(script: string, id: string, values: string[]): Promise<boolean> {
    const { answer, copies } = await this.run(script, id, values)
    if (copies < this.replicas) throw new IdempotencyReplicationError(this.replicas, copies)
    return answer === 1
  }

  private async run(script: string, id: string, values: string[]): Promise<Replicated> {
    try {
      return await this.replicated(this.client.evalsha(shaOf(script), 1, PREFIX + id, ...values))
    } catch (error) {
      // So says a server that has just been started, or has just taken the place of another.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return await this.replicated(this.client.eval(script, 1, PREFIX + id, ...values))
    }
  }

  /** Both commands are sent at once, so that waiting for replicas costs no round trip of ours. */
  private async replicated(running: Promise<unknown>): Promise<Replicated> {
    if (this.replicas === 0) return { answer: await running, copies: 0 }
    const [answer, copies] = await Promise.all([running, this.client.wait(this.replicas, REPLICATION_MS)])
    return { answer, copies }
  }
}

function resultOf(id: string, [kind, first, second]: ClaimAnswer): ClaimResult {
  if (kind === 'new' || kind === 'takeover')
    return { kind, claim: { id, epoch: Number(first), expiresAt: Number(second) / 1_000 } }
  if (kind === 'replay') return { kind, answer: decodeAnswer(first), expiresAt: Number(second) / 1_000 }
  return { kind }
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
