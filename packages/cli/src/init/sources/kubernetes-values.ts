import { commandValues, type NamedValue } from './called-names.js'
import { fieldsAt, type Fields, isFields, listAt, textAt } from './fields.js'
import { namespaceOf } from './kubernetes-names.js'
import type { UnusedList } from './unused.js'

/** Every value that may name another service: environment, command, and the ConfigMaps and Secrets that a pod reads. */
export function kubernetesValues(
  workload: Fields,
  objects: readonly Fields[],
  unused?: UnusedList,
): NamedValue[] {
  const sources = new Map(
    objects
      .filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret')
      .filter((object) => namespaceOf(object) === namespaceOf(workload))
      .filter((object) => textAt(object, 'metadata', 'name') !== undefined)
      .map((object) => [
        `${String(object['kind'])} ${textAt(object, 'metadata', 'name') ?? ''}`,
        dataOf(object),
      ]),
  )
  const pod = fieldsAt(workload, 'spec', 'template', 'spec')
  const containers = listAt(pod, 'containers').filter(isFields)
  if (unused !== undefined)
    for (const container of containers) judgeSources(container, workload, sources, unused)
  return [
    ...containers.flatMap((container) => environmentOf(container, sources)),
    ...containers.flatMap((container) =>
      commandValues([...listAt(container, 'command'), ...listAt(container, 'args')].map(String)),
    ),
    ...listAt(pod, 'volumes').flatMap((volume) => mountedOf(volume, sources)),
  ]
}

type Sources = ReadonlyMap<string, Fields>

function environmentOf(container: Fields, sources: Sources): NamedValue[] {
  const direct = listAt(container, 'env').map((entry): readonly [string, unknown] => {
    const from = fieldsAt(entry, 'valueFrom')
    const map =
      sources.get(`ConfigMap ${textAt(from, 'configMapKeyRef', 'name') ?? ''}`) ??
      sources.get(`Secret ${textAt(from, 'secretKeyRef', 'name') ?? ''}`)
    const key = textAt(from, 'configMapKeyRef', 'key') ?? textAt(from, 'secretKeyRef', 'key') ?? ''
    return [textAt(entry, 'name') ?? '', textAt(entry, 'value') ?? map?.[key]]
  })
  const whole = listAt(container, 'envFrom').flatMap((entry) => [
    ...Object.entries(sources.get(`ConfigMap ${textAt(entry, 'configMapRef', 'name') ?? ''}`) ?? {}),
    ...Object.entries(sources.get(`Secret ${textAt(entry, 'secretRef', 'name') ?? ''}`) ?? {}),
  ])
  const set = new Map(direct.map(([name, value]) => [name, typeof value === 'string' ? value : '']))
  return [...direct, ...whole].flatMap(([name, value]): NamedValue[] =>
    typeof value === 'string' ? [[name, expand(value, set)]] : [],
  )
}

/** Names what the environment is filled from and these files do not have. */
function judgeSources(container: Fields, workload: Fields, sources: Sources, unused: UnusedList): void {
  const references = [
    ...listAt(container, 'env').flatMap((entry) => [
      ['ConfigMap', textAt(entry, 'valueFrom', 'configMapKeyRef', 'name')],
      ['Secret', textAt(entry, 'valueFrom', 'secretKeyRef', 'name')],
    ]),
    ...listAt(container, 'envFrom').flatMap((entry) => [
      ['ConfigMap', textAt(entry, 'configMapRef', 'name')],
      ['Secret', textAt(entry, 'secretRef', 'name')],
    ]),
  ]
  for (const [kind = '', name] of references)
    if (name !== undefined && !sources.has(`${kind} ${name}`))
      unused.add(
        `${textAt(workload, 'kind')}/${textAt(workload, 'metadata', 'name')} env of ${kind}/${name}`,
        'it is not in these files: hosts that it names are not known, and calls to them may be missing',
        'missing source',
      )
}

/** `$(NAME)` stands for a variable of the same container. */
function expand(value: string, variables: ReadonlyMap<string, string>): string {
  return value.replace(/\$\(([\w.-]+)\)/g, (whole, name: string) => variables.get(name) ?? whole)
}

/** Files that a pod reads; a file has no name that would say what a bare host in it is. */
function mountedOf(volume: unknown, sources: Sources): NamedValue[] {
  const projected = listAt(volume, 'projected', 'sources')
  const names = [volume, ...projected].flatMap((one) => [
    `ConfigMap ${textAt(one, 'configMap', 'name') ?? ''}`,
    `Secret ${textAt(one, 'secret', 'secretName') ?? textAt(one, 'secret', 'name') ?? ''}`,
  ])
  return names.flatMap((name) =>
    Object.values(sources.get(name) ?? {}).flatMap((value): NamedValue[] =>
      typeof value === 'string' ? [['', value]] : [],
    ),
  )
}

/** The data of a ConfigMap, or of a Secret with what is in base64 read. */
function dataOf(object: Fields): Fields {
  const data = fieldsAt(object, 'data')
  if (object['kind'] === 'ConfigMap') return data
  const decoded = Object.entries(data).map(([key, value]) => [
    key,
    typeof value === 'string' && value.length < 65_536
      ? Buffer.from(value, 'base64').toString('utf8')
      : undefined,
  ])
  return { ...(Object.fromEntries(decoded) as Fields), ...fieldsAt(object, 'stringData') }
}
