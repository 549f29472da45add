import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Json, withVersion } from '../targets/envoy/json.js'

const CLUSTERS = 'clusters.json'
const ENDPOINTS = 'endpoints/'
/** Which clusters of a version are kept only for requests that still come by routes of the version before. */
const RETIRED = 'retired.json'

interface Named extends Json {
  readonly name: string
}

/**
 * The version that comes between two: everything as it is, and what is new of clusters and endpoints beside what there is.
 * Envoy sends nothing to an endpoint that has not passed its first health check: were the others gone at once, requests of
 * that moment would be lost. Undefined where nothing is new, or nothing is in force yet.
 */
export async function preparingFiles(
  current: string,
  files: ReadonlyMap<string, Json>,
): Promise<ReadonlyMap<string, Json> | undefined> {
  const before = clustersIn(await readJson(join(current, CLUSTERS)))
  const names = new Set(before.map(({ name }) => name))
  const fresh = clustersIn(files.get(CLUSTERS)).filter(({ name }) => !names.has(name))
  if (before.length === 0) return undefined
  const first = await filesIn(current)
  const joined = joinedEndpoints(first, files)
  if (fresh.length === 0 && joined.size === 0) return undefined
  for (const [name, file] of joined) first.set(name, file)
  if (fresh.length > 0) first.set(CLUSTERS, withVersion([...before, ...fresh]))
  for (const { name } of fresh) first.set(endpointsOf(name), files.get(endpointsOf(name))!)
  return first
}

/**
 * The clusters that a version has no use for and that the one before had, with what belongs to them. Envoy takes up
 * routes a moment later than clusters: were a cluster gone at once, requests of that moment would be lost. It goes with
 * the change after this one.
 *
 * @param current the version in force
 */
export async function retiredFiles(
  current: string,
  files: ReadonlyMap<string, Json>,
): Promise<ReadonlyMap<string, Json>> {
  const wanted = clustersIn(files.get(CLUSTERS))
  const gone = ((await readJson(join(current, RETIRED)))?.['clusters'] ?? []) as readonly string[]
  const stays = new Set([...wanted.map(({ name }) => name), ...gone])
  const leaving = clustersIn(await readJson(join(current, CLUSTERS))).filter(({ name }) => !stays.has(name))
  if (leaving.length === 0) return new Map()
  const extended = new Map<string, Json>([
    [RETIRED, { clusters: leaving.map(({ name }) => name) }],
    // It keeps the version of what is wanted: that is what is asked for when Envoy is asked.
    [CLUSTERS, { ...files.get(CLUSTERS), resources: [...wanted, ...leaving] }],
  ])
  for (const { name } of leaving) {
    const addresses = await readJson(join(current, endpointsOf(name)))
    if (addresses !== undefined) extended.set(endpointsOf(name), addresses)
  }
  return extended
}

/** Of clusters that get new endpoints in place of others: both. */
function joinedEndpoints(
  before: ReadonlyMap<string, Json>,
  files: ReadonlyMap<string, Json>,
): ReadonlyMap<string, Json> {
  const joined = new Map<string, Json>()
  for (const [name, file] of files) {
    if (!name.startsWith(ENDPOINTS) || !before.has(name)) continue
    const [former, wanted] = [endpointsIn(before.get(name)!), endpointsIn(file)]
    const known = new Set(former.map((one) => JSON.stringify(one)))
    const fresh = wanted.filter((one) => !known.has(JSON.stringify(one)))
    if (fresh.length === 0 || former.length + fresh.length === wanted.length) continue
    const [resource] = file['resources'] as readonly Json[]
    joined.set(name, withVersion([{ ...resource, endpoints: [{ lb_endpoints: [...former, ...fresh] }] }]))
  }
  return joined
}

/** What stands in a file of endpoints: there is one locality. */
function endpointsIn(file: Json): readonly Json[] {
  const [resource] = file['resources'] as readonly { readonly endpoints: readonly Json[] }[]
  return (resource?.endpoints[0]?.['lb_endpoints'] ?? []) as readonly Json[]
}

function endpointsOf(cluster: string): string {
  return `${ENDPOINTS}${cluster}.json`
}

function clustersIn(file: Json | undefined): readonly Named[] {
  return (file?.['resources'] ?? []) as readonly Named[]
}

async function filesIn(folder: string): Promise<Map<string, Json>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map<string, Json>()
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const content = await readJson(path)
    if (content !== undefined) files.set(path.slice(folder.length + 1), content)
  }
  return files
}

async function readJson(path: string): Promise<Json | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
