/** Why ports beside the first are left out. */
export const FURTHER_PORTS =
  'a service has one port here: what is called at another one is a service of its own, if it is called at all'

/** Why a port of UDP is left out. */
export const DATAGRAMS = 'calls are made over TCP, and this port has another protocol; nothing to do'

/** Why a command of a container is left out. */
export const COMMAND =
  'it is read for the hosts that it names: `run` is for commands of Node, and the container starts by itself'

/** Something in the files that the manifest does not hold. */
export interface Unused {
  /** The first place: `compose.yaml services.web.volumes`. */
  readonly path: string
  /** How often the same stands there. */
  readonly count: number
  readonly reason: string
}

const ENTRIES_MAX = 200

/** Collects what is not used; the same key in many services is one entry, with its count. */
export class UnusedList {
  readonly #entries = new Map<string, { path: string; count: number; reason: string }>()
  #left = 0

  /** `kind` is what makes two of them the same; the path itself, where it is left out. */
  add(path: string, reason: string, kind: string = path): void {
    const key = `${kind}\n${reason}`
    const known = this.#entries.get(key)
    if (known !== undefined) known.count += 1
    else if (this.#entries.size < ENTRIES_MAX) this.#entries.set(key, { path, count: 1, reason })
    else this.#left += 1
  }

  /** Judges the keys of a map by a table: those without a reason are used. */
  judge(keys: Iterable<string>, path: string, kind: string, table: KeyTable): void {
    for (const key of keys) {
      if (key.startsWith('x-')) continue
      const reason = Object.hasOwn(table, key)
        ? table[key]
        : 'this key is not known here: check its spelling, or write what it means by hand'
      if (reason === undefined || reason === '') continue
      // What asks for nothing is told once for all of its kind.
      this.add(`${path}.${key}`, reason, reason.endsWith('nothing to do') ? kind : `${kind}.${key}`)
    }
  }

  get list(): Unused[] {
    const all = [...this.#entries.values()]
    if (this.#left === 0) return all
    return [...all, { path: 'the files', count: this.#left, reason: 'more, which are not listed' }]
  }
}

/** Why a key is not used; an empty text for one that is. */
export type KeyTable = Readonly<Record<string, string>>

/** A table of several keys with one reason. */
export function because(reason: string, keys: string): KeyTable {
  return Object.fromEntries(keys.split(/\s+/).map((key) => [key, reason]))
}
