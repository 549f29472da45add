import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fieldsAt, type Fields, isFields, listAt, textAt } from './fields.js'
import { interpolateAll, readVariables, type Variables } from './interpolate.js'

const BYTES_MAX = 1_048_576

/**
 * A Compose file with what stands beside it: variables of `.env` in the place of their names, and each service's
 * environment complete, with its `env_file`s and with the values of names that stand alone. Variables of this shell
 * are left out of it, so that the same files give the same manifest everywhere. `missing` is told of each `env_file` that
 * is not there.
 */
export function completeCompose(
  file: Fields,
  folder: string,
  variables: Variables = variablesOf(join(folder, '.env')),
  missing: (service: string, path: string) => void = () => undefined,
): Fields {
  const completed = interpolateAll(file, variables) as Fields
  const services = Object.entries(fieldsAt(completed, 'services')).map(([name, service]) => [
    name,
    isFields(service)
      ? {
          ...service,
          environment: environmentOf(service, folder, variables, (path) => missing(name, path)),
        }
      : service,
  ])
  return { ...completed, services: Object.fromEntries(services) as Fields }
}

function environmentOf(
  service: Fields,
  folder: string,
  variables: Variables,
  missing: (path: string) => void,
): Fields {
  const environment: Record<string, unknown> = {}
  for (const path of environmentFiles(service)) {
    if (!existsSync(resolve(folder, path))) missing(path)
    Object.assign(environment, Object.fromEntries(variablesOf(resolve(folder, path))))
  }
  Object.assign(environment, fieldsAt(service, 'environment'))
  for (const item of listAt(service, 'environment')) {
    if (typeof item !== 'string') continue
    const at = item.indexOf('=')
    const name = at === -1 ? item : item.slice(0, at)
    environment[name] = at === -1 ? variables.get(name) : item.slice(at + 1)
  }
  return environment
}

function environmentFiles(service: Fields): string[] {
  const one = textAt(service, 'env_file')
  const several = listAt(service, 'env_file').map((item) => (isFields(item) ? textAt(item, 'path') : item))
  return [one, ...several].filter((path) => typeof path === 'string')
}

/** The variables of a `.env` file; none where there is no such file. */
export function variablesOf(path: string): Variables {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? BYTES_MAX
  return size < BYTES_MAX ? readVariables(readFileSync(path, 'utf8')) : new Map()
}
