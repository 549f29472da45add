import { canonical } from '../spring/spring-settings.js'
import type { Setting } from '../settings/setting.js'

const baseConfig = 'baseconfig'

/** Names of settings before 1.x and 1.7, which Resilience4j 1.x still reads. */
const formerNames: Readonly<Record<string, readonly string[]>> = {
  maxAttempts: ['maxRetryAttempts'],
  slidingWindowSize: ['ringBufferSizeInClosedState'],
  permittedNumberOfCallsInHalfOpenState: ['ringBufferSizeInHalfOpenState'],
  waitDurationInOpenState: ['waitInterval'],
  maxWaitDuration: ['maxWaitTime'],
  maxConcurrentCalls: ['maxConcurrentCall'],
  limitRefreshPeriod: ['limitRefreshPeriodInMillis'],
  timeoutDuration: ['timeoutInMillis'],
}

/**
 * One module of Resilience4j (`circuitbreaker`, `retry` and so on) and how its instances inherit: from the config
 * that `baseConfig` names, from the config that has the instance's own name, or from the config `default`.
 */
export class ModuleConfig {
  readonly #configs: Setting | undefined
  /** By name as written; older versions call them backends or limiters. */
  readonly instances: ReadonlyMap<string, Setting>

  constructor(module: Setting | undefined) {
    this.#configs = module?.at('configs')
    const groups = ['instances', 'backends', 'limiters'].map((key) => module?.at(key))
    this.instances = new Map(
      groups.flatMap((group) => group?.entries ?? []).map((instance) => [instance.key, instance]),
    )
  }

  /** Where the values of an instance come from, the nearest first; undefined when it has none in this module. */
  layers(name: string): InstanceConfig | undefined {
    const instance = this.instances.get(name)
    return instance === undefined ? undefined : this.#from(instance, [instance.key, 'default'])
  }

  /**
   * What an instance gets that only the code names; undefined when there is no config `default`, or instances are
   * configured here.
   */
  get unnamed(): InstanceConfig | undefined {
    const config = this.#configs?.at('default')
    return this.instances.size > 0 || config === undefined ? undefined : this.#from(config, [])
  }

  #from(first: Setting, implied: readonly string[]): InstanceConfig {
    const layers = [first.visit()]
    let next = this.#parent(first, implied)
    while (next !== undefined) {
      if (layers.includes(next)) {
        next.at(baseConfig)?.decline('the configs refer to each other in a circle: break it before importing')
        break
      }
      layers.push(next.visit())
      next = this.#parent(next, [])
    }
    return new InstanceConfig(layers)
  }

  #parent(of: Setting, implied: readonly string[]): Setting | undefined {
    const base = of.at(baseConfig)
    if (base === undefined) {
      return implied.map((name) => this.#configs?.at(canonical(name))).find((config) => config !== undefined)
    }
    const config = this.#configs?.at(canonical(base.text))
    if (config === undefined)
      base.decline(`no config is named ${base.text}, so the defaults of Resilience4j hold`)
    else base.use()
    return config
  }
}

/** The values of one instance in one module. */
export class InstanceConfig {
  readonly #layers: readonly Setting[]

  constructor(layers: readonly Setting[]) {
    this.#layers = layers
  }

  /** The value in force, wherever it is inherited from, and by whichever name. */
  get(property: string): Setting | undefined {
    for (const layer of this.#layers) {
      const setting = layer.at(canonical(property))
      if (setting !== undefined) return setting
      const former = formerNames[property]
        ?.map((name) => layer.at(canonical(name)))
        .find((one) => one !== undefined)
      if (former === undefined) continue
      former.note(
        `the former name of ${property}: Resilience4j 1.x reads it and 2.x ignores it, so see which of them you run`,
      )
      return former
    }
    return undefined
  }

  /** Where the instance itself stands. */
  get instance(): Setting | undefined {
    return this.#layers[0]
  }

  get place(): string {
    return this.instance?.place ?? ''
  }
}

/** Every former name. */
export const formerKeys: readonly string[] = Object.values(formerNames).flat()
