import { existsSync, readFileSync } from 'node:fs'
import type { SystemModel } from '@watertight/manifest'
import { type ControlClient, Load, type LoadReport, RunFolder } from '@watertight/supervisor'
import type { WantedLoad } from '../up/up-load.js'

const LAST_ANSWERS_MS = 5_000

/** The requests of a drill: they come before it, and count from its beginning. */
export class DrillLoad {
  readonly #load: Load
  private constructor(load: Load) {
    this.#load = load
  }

  static async start(
    wanted: WantedLoad,
    model: SystemModel,
    run: ControlClient,
    folder: string,
  ): Promise<DrillLoad | undefined> {
    const { gateway } = await run.status()
    if (gateway === null) return undefined
    const file = new RunFolder(folder).authority
    const isTls = model.gateway.listen?.tls !== undefined
    const authority = isTls && existsSync(file) ? readFileSync(file, 'utf8') : undefined
    return new DrillLoad(new Load({ ...wanted, url: gateway, authority }))
  }

  /** What came before is of no interest. */
  begin(): void {
    this.#load.look()
  }

  /** What has become of requests since the beginning. */
  total(): LoadReport {
    return this.#load.look()
  }

  async stop(): Promise<void> {
    await this.#load.stop(LAST_ANSWERS_MS)
  }
}
