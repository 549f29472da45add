import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isMap, parseAllDocuments } from 'yaml'
import { readText, TEXT_BYTES_MAX } from '../../document/read-text.js'
import { CommandError } from '../../program/command-error.js'
import { EXIT } from '../../program/exit-code.js'
import type { Terminal } from '../../program/terminal.js'
import { manifestName, type SystemSketch } from '../system-sketch.js'
import { completeCompose } from './complete-compose.js'
import { composeServices } from './compose.js'
import { kubernetesServices } from './kubernetes.js'
import { isFields, listAt, type Fields, textAt } from './fields.js'

const FILES_MAX = 200

/**
 * Reads services out of Compose files and Kubernetes objects, from files, folders or standard input.
 *
 * @throws CommandError when a file cannot be read or none of them names a service.
 */
export async function sketchFromFiles(
  given: readonly string[],
  folderName: string,
  terminal: Terminal,
): Promise<SystemSketch> {
  const objects: Fields[] = []
  for (const file of given.flatMap((name) => expand(name, terminal))) {
    objects.push(...(await readObjects(file, terminal)))
  }
  const composeFiles = objects.filter((object) => isFields(object['services']))
  const kubernetes = objects.filter((object) => object['kind'] !== undefined)
  const found = [...composeFiles.flatMap((file) => composeServices(file)), ...kubernetesServices(kubernetes)]
  const services = [...new Map(found.map((service) => [service.name, service])).values()]
  if (services.length === 0) {
    throw new CommandError(
      `cannot read ${given.join(', ')}: no service of Compose and no Deployment of Kubernetes in it`,
      {
        code: 'WT_UNREADABLE',
        exitCode: EXIT.invalidManifest,
        hint: 'a Compose file has services:; Kubernetes objects have kind: Deployment or StatefulSet',
      },
    )
  }
  const system = composeFiles.map((file) => textAt(file, 'name')).find((name) => name !== undefined)
  const origin = given.map((name) => (name === '-' ? 'standard input' : name)).join(', ')
  const hasCollector = services.some(({ kind }) => kind === 'telemetry')
  return {
    system: manifestName(system ?? folderName),
    services,
    notes: [
      `Read from ${origin}: calls stand there by depends_on, or by a URL or host in the environment. Add those that are missing.`,
      ...(hasCollector
        ? ['Collectors of telemetry have no calls here: losing them must not matter to anybody.']
        : []),
    ],
  }
}

function expand(name: string, { cwd }: Terminal): string[] {
  const path = resolve(cwd, name)
  if (name === '-' || statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [name]
  return readdirSync(path)
    .filter((entry) => /\.ya?ml$/.test(entry))
    .sort()
    .slice(0, FILES_MAX)
    .map((entry) => join(name, entry))
}

async function readObjects(name: string, terminal: Terminal): Promise<Fields[]> {
  const text =
    name === '-' ? await terminal.in.read(TEXT_BYTES_MAX) : await readText(resolve(terminal.cwd, name), name)
  try {
    const folder = name === '-' ? terminal.cwd : dirname(resolve(terminal.cwd, name))
    return parseObjects(text).map((object) =>
      isFields(object['services']) ? completeCompose(object, folder) : object,
    )
  } catch (error) {
    // Nesting too deep for the stack, or aliases that stand for too much.
    throw notYaml(name, (error as Error).message, text)
  }
}

function parseObjects(text: string): Fields[] {
  return [...parseAllDocuments(text, { prettyErrors: true, merge: true })].flatMap((document) => {
    const [error] = document.errors
    if (error !== undefined) throw error
    if (!isMap(document.contents)) return []
    const object = document.toJS({ maxAliasCount: 1_000 }) as Fields
    // `kubectl get -o yaml` wraps its objects in a list.
    return object['kind'] === 'List' ? listAt(object, 'items').filter(isFields) : [object]
  })
}

function notYaml(name: string, message: string, text: string): CommandError {
  const isTemplate = /\{\{.*\}\}/.test(text)
  return new CommandError(`cannot read ${name}: ${message.trimEnd()}`, {
    code: 'WT_UNREADABLE',
    exitCode: EXIT.invalidManifest,
    ...(isTemplate ? { hint: 'a Helm template? helm template CHART | watertight init --from -' } : {}),
  })
}
