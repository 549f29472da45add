import assert from 'node:assert/strict'
import { settleBooks, type SettledBooks } from '../src/audit/settle.js'
import { Load } from '../src/load/load.js'
import { Measurements } from '../src/load/measurements.js'
import { programName, type ProcessName } from '../src/services/names.js'
import { Shop } from './shop.js'
import { until } from './until.js'

const LOYALTY_LATER = 'Loyalty points currently unavailable, but your order is processed!'
const MORE = 10

/** What happens to a shop under load, an event at a time: each ends when the shop has recovered. */
export class Story {
  readonly shop: Shop
  readonly #measurements = new Measurements()
  readonly #acknowledged: string[] = []
  readonly #accepted: string[] = []
  #load: Load

  private constructor(shop: Shop, rate: number) {
    this.shop = shop
    this.#load = this.#loadAt(rate)
  }

  static async open(options: Parameters<typeof Shop.open>[0], rate: number): Promise<Story> {
    return new Story(await Shop.open(options), rate)
  }

  get counts() {
    return this.#measurements.snapshot().overall.counts
  }

  async morePlaced(howMany: number = MORE): Promise<void> {
    const before = this.counts.placed
    // What has waited for payment goes first where a busy machine cannot do both.
    await until(`${howMany} more orders are placed`, () => this.counts.placed >= before + howMany, 60_000)
  }

  /** More than one checkout in twenty would time out: both of its tries would fail. That is enough for the breaker to open. */
  async paymentFailsAtTimes(): Promise<void> {
    const { shop } = this
    await shop.faults('payment', { errorRate: 0.3, forSeconds: 60 })
    await until('the breaker of payment opens', async () => (await shop.breaker('payment')) === 'open')
    await shop.system.clearFaults()
    await until('the breaker of payment closes', async () => (await shop.breaker('payment')) === 'closed')
  }

  /** Slower than anybody waits: the breaker opens, checkouts are accepted at once instead of hanging, and charged when it closes. */
  async paymentIsSlow(accepted: number): Promise<void> {
    const { shop } = this
    await shop.faults('payment', { latencyMs: 3_000, forSeconds: 60 })
    await until('the breaker of payment opens', async () => (await shop.breaker('payment')) === 'open')
    const before = this.counts.waiting
    await until('checkouts are accepted', () => this.counts.waiting >= before + accepted)
    const { waiting } = await this.#unfinished()
    assert.ok(waiting > 0)
    assert.equal(await shop.breaker('inventory'), 'closed')
    await shop.system.clearFaults()
    await until('the breaker of payment closes', async () => (await shop.breaker('payment')) === 'closed')
    await this.morePlaced()
    await until('what has waited is done', async () => (await this.#unfinished()).waiting === 0, 60_000)
  }

  /** Nothing can be reserved: so many checkouts are refused, and nothing is left of them. */
  async inventoryFails(refusals: number): Promise<void> {
    const { shop } = this
    await shop.faults('inventory', { errorRate: 1, forSeconds: 120 })
    const before = this.counts.unavailable
    await until('checkouts are refused', () => this.counts.unavailable >= before + refusals, 120_000)
    await shop.system.clearFaults()
    await until('the breaker of inventory closes', async () => (await shop.breaker('inventory')) === 'closed')
    await this.morePlaced()
  }

  /** Killed without warning: it is started again, on the same port and with what it had written down. */
  async dies(name: ProcessName): Promise<void> {
    const { shop } = this
    const { system } = shop
    const url = system.url(name)
    const [pid, restarts] = [system.pid(name), system.restarts]
    shop.signal(name, 'SIGKILL')
    await until(`${name} runs again`, () => system.restarts === restarts + 1 && system.pid(name) !== pid)
    await this.morePlaced()
    assert.equal(system.url(name), url)
    await this.isBack(name)
    const said = `${programName(name)} | ended (SIGKILL), is started again`
    assert.ok(shop.said.some((line) => line.startsWith(said)))
  }

  async isBack(name: ProcessName): Promise<void> {
    const said = `${programName(name)} | back after`
    await until(`${name} is said to be back`, () => this.shop.said.some((line) => line.startsWith(said)))
  }

  /** Checkouts do without it, and say so. */
  async loyaltyFails(): Promise<void> {
    const { shop } = this
    await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
    await until('an order is processed without loyalty', async () => {
      const { status, body } = await shop.order()
      return status === 201 && body['loyalty'] === LOYALTY_LATER
    })
    await until('the breaker of loyalty opens', async () => (await shop.breaker('loyalty')) === 'open')
    await this.morePlaced()
    await shop.system.clearFaults()
    await until('the breaker of loyalty closes', async () => (await shop.breaker('loyalty')) === 'closed')
  }

  /** It stands still without dying, as a blocked event loop does: it is found out, killed and replaced. */
  async paymentStandsStill(): Promise<void> {
    const { shop } = this
    const { restarts, hangs } = shop.system
    const stuck = shop.system.pid('payment')
    shop.signal('payment', 'SIGSTOP')
    await until('payment is replaced', () => {
      const runs = shop.system.pid('payment')
      return shop.system.restarts === restarts + 1 && runs !== stuck
    })
    assert.equal(shop.system.hangs, hangs + 1)
    const said =
      'payment | fails its probe (GET /healthz is not answered within 2 s), is killed and started again'
    assert.ok(shop.said.includes(said))
    await until('the breaker of payment closes', async () => (await shop.breaker('payment')) === 'closed')
    await this.morePlaced()
  }

  /** Stopped while checkouts are under way, and started again: what was in flight continues. */
  async stopsAndStartsAgain(rate: number): Promise<void> {
    await Promise.all([this.shop.stopAndStartAgain(), this.#endLoad()])
    this.#load = this.#loadAt(rate)
    await this.morePlaced()
  }

  /** The load ends, and whatever a customer was told must be true. */
  async settles(): Promise<SettledBooks> {
    await this.#endLoad()
    const settled = await settleBooks(this.shop.system, this.#acknowledged, 60_000, this.#accepted)
    assert.deepEqual(settled.findings, [])
    assert.equal(this.#acknowledged.length, this.counts.placed)
    assert.equal(this.#accepted.length, this.counts.waiting)
    return settled
  }

  #unfinished(): Promise<{ readonly waiting: number }> {
    return this.shop.system.get('order', '/internal/unfinished')
  }

  #loadAt(rate: number): Load {
    return new Load({ frontDoor: this.shop.system.frontDoor, rate, measurements: this.#measurements })
  }

  async #endLoad(): Promise<void> {
    await this.#load.stop()
    this.#acknowledged.push(...this.#load.acknowledged)
    this.#accepted.push(...this.#load.accepted)
  }
}
