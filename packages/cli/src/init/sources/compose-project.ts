import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { completeCompose, variablesOf } from './complete-compose.js'
import { fieldsAt, type Fields, isFields, listAt, textAt } from './fields.js'
import type { Variables } from './interpolate.js'
import { judgeIncludes } from './judge-compose.js'
import { mergeCompose, withoutMarks } from './merge-compose.js'
import type { UnusedList } from './unused.js'
import { parseYamlObjects } from './yaml-objects.js'

/** One Compose file, read but not completed. */
export interface ComposeFile {
  /** As it was given, for messages. */
  readonly name: string
  readonly folder: string
  readonly content: Fields
}

export interface ComposeOptions {
  readonly profiles: readonly string[]
  readonly unused: UnusedList
}

const FILES_MAX = 200
const DEPTH_MAX = 20
const BYTES_MAX = 4_194_304

/** What is read of other files, with a bound on how many. */
interface Reading extends ComposeOptions {
  readonly variables: Variables
  files: number
}

/**
 * One project of Compose out of several files, as `docker compose -f a -f b` reads it: variables of `.env` filled in,
 * `include` and `extends` followed, the files merged service by service, services of profiles that are not asked for
 * left out.
 */
export function composeProject(files: readonly ComposeFile[], options: ComposeOptions): Fields {
  const variables = variablesOf(join(files[0]?.folder ?? '.', '.env'))
  const reading: Reading = { ...options, variables, files: 0 }
  const project = load(files, reading, 0)
  return withProfiles(project, files, options)
}

function load(files: readonly ComposeFile[], reading: Reading, depth: number): Fields {
  const folder = files[0]?.folder ?? '.'
  let merged: Fields = {}
  for (const file of files) {
    const completed = completeCompose(file.content, folder, reading.variables, (service, path) =>
      reading.unused.add(
        `${file.name} services.${service}.env_file ${path}`,
        'there is no such file here: what it sets is not read',
        `env_file ${path}`,
      ),
    )
    judgeIncludes(completed, reading.unused)
    const included = includes(completed, file, reading, depth)
    const own = { ...completed, services: extended(completed, file, reading) }
    merged = mergeCompose(merged, mergeCompose(included, own))
  }
  return withoutMarks(merged) as Fields
}

/** The services of included projects, each read as a project of its own. */
function includes(completed: Fields, file: ComposeFile, reading: Reading, depth: number): Fields {
  let merged: Fields = {}
  for (const item of listAt(completed, 'include')) {
    const one = typeof item === 'string' ? item : textAt(item, 'path')
    const paths = one === undefined ? listAt(item, 'path').filter((path) => typeof path === 'string') : [one]
    const files = paths.flatMap((path) => {
      const found = readOther(resolve(file.folder, path), `${file.name} include ${path}`, reading, depth)
      return found === undefined ? [] : [found]
    })
    if (files.length > 0) merged = mergeCompose(merged, load(files, reading, depth + 1))
  }
  return { services: fieldsAt(merged, 'services') }
}

/** The services of a file with what they extend below them. */
function extended(completed: Fields, file: ComposeFile, reading: Reading): Fields {
  const services = fieldsAt(completed, 'services')
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => [
      name,
      isFields(service) ? extend({ name, service, services, file }, reading, []) : service,
    ]),
  )
}

interface Extending {
  readonly name: string
  readonly service: Fields
  readonly services: Fields
  readonly file: ComposeFile
}

function extend(
  { name, service, services, file }: Extending,
  reading: Reading,
  way: readonly string[],
): Fields {
  const target = textAt(service, 'extends') ?? textAt(service, 'extends', 'service')
  if (target === undefined) return service
  const { extends: _, ...own } = service
  const where = `${file.name} services.${name}.extends`
  const path = textAt(service, 'extends', 'file')
  const step = `${path === undefined ? file.name : resolve(file.folder, path)} ${target}`
  if (way.includes(step) || way.length > DEPTH_MAX) {
    reading.unused.add(where, 'the services extend each other in a circle: break it')
    return own
  }
  const other =
    path === undefined ? undefined : readOther(resolve(file.folder, path), where, reading, way.length)
  if (path !== undefined && other === undefined) return own
  const from = other ?? file
  const pool =
    other === undefined
      ? services
      : fieldsAt(completeCompose(other.content, other.folder, reading.variables), 'services')
  const base = pool[target]
  if (!isFields(base)) {
    reading.unused.add(where, `there is no service ${target} to extend in ${from.name}`)
    return own
  }
  const below = extend({ name: target, service: base, services: pool, file: from }, reading, [...way, step])
  return mergeCompose(below, own)
}

function readOther(path: string, where: string, reading: Reading, depth: number): ComposeFile | undefined {
  reading.files += 1
  const size = statSync(path, { throwIfNoEntry: false })?.size
  const reason =
    size === undefined
      ? 'there is no such file here: what it says is not read'
      : size > BYTES_MAX || reading.files > FILES_MAX || depth > DEPTH_MAX
        ? `at most ${FILES_MAX} files of 4 MiB are followed, ${DEPTH_MAX} levels deep`
        : undefined
  if (reason !== undefined) {
    reading.unused.add(where, reason)
    return undefined
  }
  try {
    const content = parseYamlObjects(readFileSync(path, 'utf8'))[0] ?? {}
    return { name: path, folder: dirname(path), content }
  } catch (error) {
    reading.unused.add(where, `it cannot be read: ${(error as Error).message.split('\n')[0]}`)
    return undefined
  }
}

/** Compose starts a service with profiles only when one of them is asked for, or somebody who starts needs it. */
function withProfiles(
  project: Fields,
  files: readonly ComposeFile[],
  { profiles, unused }: ComposeOptions,
): Fields {
  const services = Object.entries(fieldsAt(project, 'services'))
  const folder = files[0]?.folder ?? '.'
  const set = variablesOf(join(folder, '.env')).get('COMPOSE_PROFILES')?.split(',') ?? []
  const asked = new Set([...profiles, ...set])
  const started = services.filter(([, service]) => {
    const own = listAt(service, 'profiles')
    return own.length === 0 || asked.has('*') || own.some((profile) => asked.has(String(profile)))
  })
  if (started.length === 0) return project
  const names = new Set(started.map(([name]) => name))
  for (const [, service] of started) for (const needed of dependencies(service)) names.add(needed)
  for (const [name, service] of services) {
    if (names.has(name)) continue
    const own = listAt(service, 'profiles').map(String)
    unused.add(
      `services.${name}`,
      `it starts with the profile ${own.join(' or ')} only: add --profile ${own[0]}`,
      `profile ${own.join()}`,
    )
  }
  return { ...project, services: Object.fromEntries(services.filter(([name]) => names.has(name))) }
}

/** The names that a service lists under `depends_on` and `links`. */
function dependencies(service: unknown): string[] {
  const lists = [...listAt(service, 'depends_on'), ...listAt(service, 'links')]
  const names = lists.flatMap((item) => (typeof item === 'string' ? [item.split(':')[0] ?? ''] : []))
  return [...names, ...Object.keys(fieldsAt(service, 'depends_on'))]
}
