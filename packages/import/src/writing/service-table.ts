import { ImportError } from '../import-error.js'
import { Block } from './block.js'

/** Callers times callees can be far more than what was written. */
const callsMax = 20_000

interface Row {
  readonly calls: Block
  /** What is said of the service itself. */
  readonly own: Block
  comment: string | undefined
}

/** The services of a manifest that is being written, each once, with its calls. */
export class ServiceTable {
  readonly #rows = new Map<string, Row>()
  #calls = 0

  get empty(): boolean {
    return this.#rows.size === 0
  }

  has(name: string): boolean {
    return this.#rows.has(name)
  }

  add(name: string, comment?: string): Row {
    const known = this.#rows.get(name)
    if (known !== undefined) {
      known.comment ??= comment
      return known
    }
    const row: Row = { calls: new Block(), own: new Block(), comment }
    this.#rows.set(name, row)
    return row
  }

  /**
   * A call of one service to another. False when there is one already, which is kept.
   *
   * @throws ImportError when there are more calls than any system has
   */
  call(from: string, to: string, call: Block, comment?: string): boolean {
    const { calls } = this.add(from)
    this.add(to)
    if (calls.has(to)) return false
    this.#calls += 1
    if (this.#calls > callsMax) {
      throw new ImportError(`cannot import: at most ${callsMax} calls are allowed, import in parts`)
    }
    calls.nest(to, call, comment)
    return true
  }

  /** Those that call somebody first. */
  blocks(): Block[] {
    const rows = [...this.#rows].toSorted(([, a], [, b]) => Number(a.calls.empty) - Number(b.calls.empty))
    return rows.map(([name, { calls, own, comment }]) => {
      const block = new Block().append(own)
      return new Block().nest(name, calls.empty ? block : block.nest('calls', calls), comment)
    })
  }
}
