import type { Bounds } from '../scenario/schemas.js'
import type { Seen } from '../scenario/seen-schema.js'
import type { RecordedRequest } from '../upstream/recorded-request.js'
import { within, words } from './within.js'

/** Chance goes further than this once in 1.7 million runs. */
const SIGMAS = 5

/** How requests spread over endpoints. */
export function checkBalance(seen: Seen, requests: readonly RecordedRequest[]): string[] {
  const { share, affinity, moved, loads } = seen
  const faults: string[] = loads === undefined ? [] : checkLoads(loads, requests)
  for (const [endpoint, wanted] of Object.entries(share ?? {})) {
    const all = requests.length
    const got = requests.filter((request) => request.endpoint === endpoint).length
    const most = SIGMAS * Math.sqrt(all * wanted * (1 - wanted))
    if (all === 0 || Math.abs(got - all * wanted) > most)
      faults.push(
        `endpoint ${endpoint} must see ${Math.round(all * wanted)} of ${all} requests give or take ${Math.ceil(most)}, got ${got}`,
      )
  }
  if (affinity === true) faults.push(...checkAffinity(requests))
  if (moved !== undefined) {
    const got = movedShare(requests)
    if (!(got >= moved.atLeast && got <= moved.atMost))
      faults.push(
        `${percent(moved.atLeast)} to ${percent(moved.atMost)} of paths must move, got ${percent(got)}`,
      )
  }
  return faults
}

function checkLoads(wanted: readonly Bounds[], requests: readonly RecordedRequest[]): string[] {
  const counts = new Map<string, number>()
  for (const { endpoint } of requests) counts.set(endpoint, (counts.get(endpoint) ?? 0) + 1)
  const got = [...counts.values()].sort((one, other) => one - other)
  if (got.length === wanted.length && wanted.every((bounds, index) => within(got[index]!, bounds))) return []
  const want = wanted.map((bounds) => words(bounds)).join(', ')
  return [`endpoints must see ${want} requests, got ${got.join(', ')}`]
}

function checkAffinity(requests: readonly RecordedRequest[]): string[] {
  const places = new Map<string, Set<string>>()
  for (const { path, epoch, endpoint } of requests) {
    const key = `${epoch} ${path}`
    places.set(key, (places.get(key) ?? new Set()).add(endpoint))
  }
  if (places.size === requests.length) return ['a path must be asked for twice, got none']
  const torn = [...places].filter(([, endpoints]) => endpoints.size > 1)
  return torn.length === 0
    ? []
    : [`each path must stay at one endpoint, got ${torn.length} of ${places.size} at several`]
}

/** Of the paths seen before and after the endpoints changed, those that are at another one. */
function movedShare(requests: readonly RecordedRequest[]): number {
  const before = placesIn(requests, 0)
  const after = [...placesIn(requests, 1)].filter(([path]) => before.has(path))
  return after.filter(([path, endpoint]) => before.get(path) !== endpoint).length / after.length
}

function placesIn(requests: readonly RecordedRequest[], epoch: number): ReadonlyMap<string, string> {
  return new Map(requests.filter((one) => one.epoch === epoch).map(({ path, endpoint }) => [path, endpoint]))
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}
