type Counts = Readonly<Record<string, number>>

interface Known {
  readonly pid: number
  readonly latest: Counts
  /** What former processes had counted. */
  readonly before: Counts
}

/** Keeps counters growing over restarts: a new process begins at zero, and what the former one had counted is added. */
export class Monotonic {
  readonly #known = new Map<string, Known>()

  /** Takes what a process has counted of something, and gives the total of it over all processes so far. */
  total<C extends Counts>(what: string, pid: number, latest: C): C {
    const known = this.#known.get(what)
    const before =
      known === undefined ? {} : known.pid === pid ? known.before : sum(known.before, known.latest)
    this.#known.set(what, { pid, latest, before })
    return sum(latest, before) as C
  }
}

function sum(a: Counts, b: Counts): Counts {
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [
      name,
      (a[name] ?? 0) + (b[name] ?? 0),
    ]),
  )
}
