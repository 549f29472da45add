/** Above this it has too much to do, below that it is calm again: between the two, it stays what it was. */
const BUSY_SHARE = 0.9
const CALM_SHARE = 0.7
/** So many looks in a row, so that neither a moment of work nor a moment of rest counts. */
const LOOKS = 2

/**
 * Decides whether a server has too much to do, by the processor time that it says it has used. A server of one thread that uses more
 * than nine tenths of a core has a queue before it, whatever its answers take just now.
 */
export class ProcessorUse {
  isBusy = false
  #last: { readonly usedMs: number; readonly atMs: number } | undefined
  #contrary = 0

  /** Takes the time that it has used since its start, and when that was. */
  look(usedMs: number, atMs: number): void {
    const last = this.#last
    this.#last = { usedMs, atMs }
    // The first look, or a server that was started anew.
    if (last === undefined || usedMs < last.usedMs || atMs <= last.atMs) return
    const share = (usedMs - last.usedMs) / (atMs - last.atMs)
    const isContrary = this.isBusy ? share < CALM_SHARE : share > BUSY_SHARE
    this.#contrary = isContrary ? this.#contrary + 1 : 0
    if (this.#contrary < LOOKS) return
    this.isBusy = !this.isBusy
    this.#contrary = 0
  }
}

/** What `INFO cpu` of Redis says of its main thread, in milliseconds; undefined where it does not. */
export function usedMsIn(info: string): number | undefined {
  const [user, system] = ['user', 'sys'].map((kind) => {
    const found = new RegExp(`^used_cpu_${kind}_main_thread:([\\d.]+)`, 'm').exec(info)
    return found === null ? undefined : Number(found[1]) * 1_000
  })
  return user === undefined || system === undefined ? undefined : user + system
}
