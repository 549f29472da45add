import { isTest, layers, packageNamed, packageOf } from '../layers.js'
import type { SourceModule } from '../source-module.js'

export function layerBreaches({ path, names, local }: SourceModule): string[] {
  const own = packageOf(path)
  if (own === undefined) return []
  const level = layers[own]
  if (level === undefined) return [`${path}: package ${own} has no place in house/layers.ts`]
  const upward = names.flatMap((name) => {
    const other = packageNamed(name)
    if (other === undefined || (other === own && isTest(path)) || (layers[other] ?? Infinity) < level)
      return []
    return [`${path} imports ${name}: level ${level} may import lower levels only`]
  })
  const outside = local
    .filter((to) => packageOf(to) !== own && !(isToolSetting(path) && to.startsWith('house/')))
    .map((to) => `${path} reaches into ${to}: import other packages by name`)
  return [...upward, ...outside, ...aloneBreaches(path, names, local)]
}

/** The settings of a tool are no part of the package: they may use what the house has for all of them. */
const isToolSetting = (path: string): boolean => path.endsWith('.config.ts')

/** Folders that import nothing but themselves: to be read, tested and fuzzed without the rest. */
const standsAlone = /^packages\/proxy\/src\/http1\//

function aloneBreaches(path: string, names: readonly string[], local: readonly string[]): string[] {
  if (isTest(path) || !standsAlone.test(path)) return []
  const packages = names.filter((name) => !name.startsWith('.'))
  const foreign = [...packages, ...local.filter((to) => !standsAlone.test(to))]
  return foreign.map((to) => `${path} imports ${to}: this folder stands alone`)
}
