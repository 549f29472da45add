import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EnvoyConfiguration, Json } from '../src/index.js'

/**
 * What `envoy --mode validate` says of a configuration; empty when it accepts it. Envoy validates only what it is started
 * with, so that everything is put in there; what it does not know is an error.
 */
export async function objections(configuration: EnvoyConfiguration): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'envoy-validate-'))
  try {
    const file = join(folder, 'static.json')
    await writeFile(file, JSON.stringify(inOneFile(configuration)))
    return await new Promise((resolve) => {
      const words = ['--mode', 'validate', '--config-path', file, '--log-level', 'error']
      execFile('envoy', words, { timeout: 30_000 }, (error, stdout, stderr) => {
        resolve(error === null ? '' : `${stdout}${stderr}`.slice(0, 2_000))
      })
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

function inOneFile({ bootstrap, files }: EnvoyConfiguration): Json {
  const { dynamic_resources: _dynamic, ...rest } = bootstrap
  const inFile = (name: string): readonly Json[] =>
    ((files.get(name)?.['resources'] ?? []) as readonly Json[]).map(withoutType)
  const revive = (_key: string, value: unknown): unknown => {
    const given = value as Record<string, Record<string, string>> | null
    if (typeof given !== 'object' || given === null) return value
    if ('rds' in given) {
      const { rds, ...others } = given
      return { ...others, route_config: inFile(`routes/${rds?.['route_config_name']}.json`)[0] }
    }
    if ('tls_certificate_sds_secret_configs' in given) {
      const { tls_certificate_sds_secret_configs: _secrets, ...others } = given
      return others
    }
    if ('eds_cluster_config' in given) {
      const { eds_cluster_config: _eds, type: _type, ...others } = given
      const [addresses] = inFile(`endpoints/${(value as { name: string }).name}.json`)
      return { ...others, type: 'STATIC', load_assignment: addresses }
    }
    return value
  }
  const resources = { clusters: inFile('clusters.json'), listeners: inFile('listeners.json') }
  return { ...rest, static_resources: JSON.parse(JSON.stringify(resources), revive) as Json }
}

function withoutType({ '@type': _type, ...rest }: Json): Json {
  return rest
}
