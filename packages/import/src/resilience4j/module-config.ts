import type { Setting } from '../settings/setting.js'
import { canonical } from './spring-settings.js'

const baseConfig = 'baseconfig'

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
    if (instance === undefined) return undefined
    const layers = [instance]
    let next = this.#parent(instance, [instance.key, 'default'])
    while (next !== undefined) {
      if (layers.includes(next)) {
        next.at(baseConfig)?.decline('the configs refer to each other in a circle: break it before importing')
        break
      }
      layers.push(next)
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

  /** The value in force, wherever it is inherited from. */
  get(property: string): Setting | undefined {
    const key = canonical(property)
    return this.#layers.map((layer) => layer.at(key)).find((setting) => setting !== undefined)
  }

  /** Where the instance itself stands. */
  get place(): string {
    return this.#layers[0]?.place ?? ''
  }
}
