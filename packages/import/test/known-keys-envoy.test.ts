import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { envoyKeys } from '../src/envoy/envoy-keys.js'
import { importText } from './examples.js'
import { isAnswered, leaves, meshSampleOf, unknownIn, withValue } from './is-answered.js'

/** A bootstrap with one listener, one route and one cluster. */
const envoyBase = {
  staticResources: {
    listeners: [
      {
        filterChains: [
          {
            filters: [
              {
                name: 'http',
                typedConfig: {
                  '@type': 'v3.HttpConnectionManager',
                  httpFilters: [{ name: 'envoy.filters.http.router' }],
                  routeConfig: {
                    virtualHosts: [
                      { domains: ['*'], routes: [{ match: { prefix: '/x' }, route: { cluster: 'a' } }] },
                    ],
                  },
                },
              },
            ],
          },
        ],
      },
    ],
    clusters: [{ name: 'a' }],
  },
}

/** Of these an Envoy has one of several: the second says nothing, or there is no route without them. */
const envoyIdentities =
  /(clusters\.name|filters\.name|route\.cluster|match\.prefix|route\.(clusterHeader|weightedClusters)\b.*|defaultFilterChain\..*)$/

describe('each key of an Envoy, alone in its bootstrap', () => {
  const without = importText('envoy', stringify(envoyBase))
  const paths = leaves(envoyKeys)
    .map((path) => path.join('.'))
    .filter((path) => !envoyIdentities.test(path))

  it.each(paths)('%s is answered, in either spelling', (name) => {
    const path = name.split('.')
    const key = path.at(-1) ?? ''
    const camel = withValue(envoyBase, path, meshSampleOf(key))
    const snake = JSON.parse(
      JSON.stringify(camel).replace(/"([a-z][A-Za-z0-9]*)":/g, (_, word: string) => `"${snakeCase(word)}":`),
    ) as object
    for (const [document, spelling] of [
      [camel, key],
      [snake, snakeCase(key)],
    ] as const) {
      const alone = importText('envoy', stringify(document))
      expect({ unknown: unknownIn(alone), answered: isAnswered(spelling, alone, without) }).toEqual({
        unknown: [],
        answered: true,
      })
    }
  })

  it.each([
    'somethingElse',
    'staticResources.clusters.somethingElse',
    'staticResources.listeners.somethingElse',
  ])('%s is none', (name) => {
    const text = stringify(withValue(envoyBase, name.split('.'), 1))
    expect(unknownIn(importText('envoy', text)).join()).toMatch(/somethingElse$/)
  })
})

function snakeCase(word: string): string {
  return word
    .replace(/(?<!^)([A-Z])/g, (letter) => `_${letter.toLowerCase()}`)
    .replace(/^consecutive5/, 'consecutive_5')
}
