import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { listFiles, readFiles } from '../../document/read-files.js'
import { CommandError } from '../../program/command-error.js'
import { EXIT } from '../../program/exit-code.js'
import type { Terminal } from '../../program/terminal.js'
import { manifestName, type ServiceSketch, type SystemSketch } from '../system-sketch.js'
import { type ComposeFile, composeProject } from './compose-project.js'
import { composeServices } from './compose.js'
import { judgeCompose } from './judge-compose.js'
import { kubernetesServices } from './kubernetes.js'
import { isFields, listAt, type Fields, textAt } from './fields.js'
import { UnusedList } from './unused.js'
import { NotYamlError, parseYamlObjects } from './yaml-objects.js'

export interface FromFilesOptions {
  /** As given: files, folders, or `-`. */
  readonly given: readonly string[]
  readonly folderName: string
  /** Profiles of Compose that are started too. */
  readonly profiles: readonly string[]
}

interface Found {
  readonly compose: ComposeFile[]
  readonly kubernetes: Fields[]
  readonly notes: string[]
}

/**
 * Reads services out of Compose files and Kubernetes objects, from files, folders or standard input.
 *
 * @throws CommandError when a file cannot be read or none of them names a service.
 */
export async function sketchFromFiles(options: FromFilesOptions, terminal: Terminal): Promise<SystemSketch> {
  const { given, profiles } = options
  const unused = new UnusedList()
  const { compose, kubernetes, notes } = await readObjects(given, terminal, unused)
  const projects = projectsOf(compose, given, terminal).map((files) =>
    composeProject(files, { profiles, unused }),
  )
  for (const project of projects) judgeCompose(project, unused)
  const found = [...projects.map(composeServices), kubernetesServices(kubernetes, unused)]
  const services = apart(found, notes)
  if (services.length === 0) throw nothingIn(given, unused)
  const system = projects.map((project) => textAt(project, 'name')).find((name) => name !== undefined)
  const origin = given.map((name) => (name === '-' ? 'standard input' : name)).join(', ')
  const collector = services.some(({ kind }) => kind === 'telemetry')
    ? ['Collectors of telemetry have no calls here: losing them must not matter to anybody.']
    : []
  return {
    system: manifestName(system ?? options.folderName),
    services,
    notes: [
      ...loudNote(services),
      `Read from ${origin}. Calls were found by depends_on, and by URLs and hosts in the environment and in commands: add those that are missing.`,
      ...collector,
      ...notes,
    ],
    unused: unused.list,
  }
}

/** A system whose calls are not known is not protected: said first, and in capitals. */
function loudNote(services: readonly ServiceSketch[]): string[] {
  const calls = services.reduce((sum, service) => sum + service.calls.length, 0)
  const ours = services.filter(({ kind }) => kind === 'service').length
  if (services.length < 2 || calls * 3 >= ours) return []
  const found =
    calls === 0 ? 'NO CALLS WERE FOUND' : `ONLY ${calls} ${calls === 1 ? 'CALL WAS' : 'CALLS WERE'} FOUND`
  return [
    `${found} among ${services.length} services. Nothing is protected until its call stands here: write under each service whom it calls. Calls are read from depends_on, and from URLs and hosts in the environment, in commands, and in ConfigMaps and Secrets.`,
  ]
}

async function readObjects(given: readonly string[], terminal: Terminal, unused: UnusedList): Promise<Found> {
  const { files, notes } = listFiles(given, /\.ya?ml$/, terminal)
  const found: Found = { compose: [], kubernetes: [], notes: [...notes] }
  for (const { file, text } of await readFiles(withOverrides(files, terminal, found.notes), terminal)) {
    const name = file === 'stdin' && given.includes('-') ? '-' : file
    const objects = readOne(name, text, given.includes(name), unused)
    const folder = name === '-' ? terminal.cwd : dirname(resolve(terminal.cwd, name))
    for (const object of objects) {
      if (object['kind'] === 'List') found.kubernetes.push(...listAt(object, 'items').filter(isFields))
      else if (object['kind'] !== undefined) found.kubernetes.push(object)
      else if (isFields(object['services']) || listAt(object, 'include').length > 0)
        found.compose.push({ name, folder, content: object })
      else if (isFirstFormat(object)) found.compose.push({ name, folder, content: { services: object } })
    }
  }
  return found
}

/** The first format of Compose had no `services:`; its services stood at the top. */
function isFirstFormat(object: Fields): boolean {
  const values = Object.values(object)
  return (
    values.length > 0 &&
    values.every(
      (value) => isFields(value) && ['image', 'build', 'extends'].some((key) => Object.hasOwn(value, key)),
    )
  )
}

function readOne(name: string, text: string, isNamed: boolean, unused: UnusedList): Fields[] {
  try {
    const objects = parseYamlObjects(text)
    const isTemplate = objects.some((object) => /\{\{.*\}\}/.test(textAt(object, 'metadata', 'name') ?? ''))
    if (isTemplate) throw new NotYamlError('the name of an object is a template', true)
    return objects
  } catch (error) {
    if (!(error instanceof NotYamlError)) throw error
    if (error.isTemplate && !isNamed) {
      unused.add(name, `a template of Helm is not read: ${TEMPLATE_HINT}`, 'template')
      return []
    }
    throw new CommandError(`cannot read ${name}: ${error.message}`, {
      code: 'WT_UNREADABLE',
      exitCode: EXIT.invalidManifest,
      cause: error,
      ...(error.isTemplate ? { hint: `a Helm template? ${TEMPLATE_HINT}` } : {}),
    })
  }
}

const TEMPLATE_HINT = 'helm template CHART | watertight init --from -'

/** As Compose does: `compose.override.yml` beside a `compose.yml` belongs to it. */
function withOverrides(files: readonly string[], { cwd }: Terminal, notes: string[]): string[] {
  return files.flatMap((file) => {
    const [, stem = '', end = ''] = /^((?:docker-)?compose)\.(ya?ml)$/.exec(basename(file)) ?? []
    if (stem === '' || file === '-') return [file]
    const override = [end, end === 'yml' ? 'yaml' : 'yml']
      .map((extension) => join(dirname(file), `${stem}.override.${extension}`))
      .find((path) => existsSync(resolve(cwd, path)))
    if (override === undefined || files.includes(override)) return [file]
    notes.push(`${override} beside it is read too, as Compose does.`)
    return [file, override]
  })
}

/** Files that are named are one project; those of each folder that was searched are another. */
function projectsOf(
  files: readonly ComposeFile[],
  given: readonly string[],
  { cwd }: Terminal,
): ComposeFile[][] {
  const searched = given
    .map((name) => resolve(cwd, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
  const projects = new Map<string, ComposeFile[]>()
  for (const file of files) {
    const isSearched = searched.some(
      (folder) => file.folder === folder || file.folder.startsWith(`${folder}/`),
    )
    const key = isSearched && !given.includes(file.name) ? file.folder : ''
    projects.set(key, [...(projects.get(key) ?? []), file])
  }
  // An override comes after what it overrides, wherever the alphabet puts it.
  const rank = ({ name }: ComposeFile): number => (/\.override\.ya?ml$/.test(name) ? 1 : 0)
  return [...projects].map(([key, members]) =>
    key === '' ? members : members.toSorted((a, b) => rank(a) - rank(b)),
  )
}

/** Names from several projects, kept apart: the second `db` is `db-2`. */
function apart(found: readonly (readonly ServiceSketch[])[], notes: string[]): ServiceSketch[] {
  const used = new Set<string>()
  return found.flatMap((services) => {
    const renamed = new Map<string, string>()
    for (const { name } of services) {
      let free = name
      for (let count = 2; used.has(free); count += 1) free = `${name.slice(0, 58)}-${count}`
      used.add(free)
      if (free !== name) {
        renamed.set(name, free)
        notes.push(`There is more than one ${name}: another one is ${free} here.`)
      }
    }
    return services.map((service) => ({
      ...service,
      name: renamed.get(service.name) ?? service.name,
      calls: service.calls.map((callee) => renamed.get(callee) ?? callee),
    }))
  })
}

function nothingIn(given: readonly string[], { list }: UnusedList): CommandError {
  const hint = list.some(({ reason }) => reason.includes(TEMPLATE_HINT))
    ? `templates of Helm are in it: ${TEMPLATE_HINT}`
    : 'a Compose file has services:; Kubernetes objects have kind: Deployment or StatefulSet'
  return new CommandError(
    `cannot read ${given.join(', ')}: no service of Compose and no Deployment of Kubernetes in it`,
    {
      code: 'WT_UNREADABLE',
      exitCode: EXIT.invalidManifest,
      hint,
    },
  )
}
