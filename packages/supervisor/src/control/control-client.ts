import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { isAlive } from '../processes/is-alive.js'
import type { ProgramStatus } from '../system/program-status.js'
import type { RecordedEvent } from './recent-events.js'
import type { ProgramSignal } from './signal-programs.js'
import { RunFolder } from '../system/run-folder.js'

/** How a run is. */
export interface RunStatus {
  readonly gateway: string | null
  readonly programs: readonly ProgramStatus[]
}

/** The run said no; `known` are the names that it has. */
export class RefusedByRunError extends Error {
  readonly code: string
  readonly known: readonly string[]

  constructor(message: string, code: string, known: readonly string[]) {
    super(message)
    this.name = 'RefusedByRunError'
    this.code = code
    this.known = known
  }
}

/** A run that does not answer within this is not one, or can do nothing. */
const FIND_MS = 5_000

/** Speaks to a run on this machine, by what lies in its folder. */
export class ControlClient {
  readonly #origin: string
  readonly #token: string
  /** The process of the run. */
  readonly pid: number

  private constructor(origin: string, token: string, pid: number) {
    this.#origin = origin
    this.#token = token
    this.pid = pid
  }

  /** Undefined when no run uses the folder. */
  static async find(folder: string): Promise<ControlClient | undefined> {
    const place = await new RunFolder(folder).place()
    if (place === undefined) return undefined
    const client = new ControlClient(`http://127.0.0.1:${place.port}`, place.token, place.pid)
    // Another program may have the number of a process that is gone.
    return await client.#ask('GET', '/status', AbortSignal.timeout(FIND_MS)).then(
      () => client,
      () => undefined,
    )
  }

  /** Whether the process of the run is there, however busy it is; its id may be that of another process after a while. */
  get isAlive(): boolean {
    return isAlive(this.pid)
  }

  async status(): Promise<RunStatus> {
    return (await this.#ask('GET', '/status')) as RunStatus
  }

  /** What happened in the run, lines of logs apart, after the event with this id; the newest 200 are kept. */
  async events(after = 0): Promise<readonly RecordedEvent[]> {
    const { events } = (await this.#ask('GET', `/events?after=${after}`)) as { events: RecordedEvent[] }
    return events
  }

  /** The URLs of the stores that the run serves, by their names in the document. */
  async stores(): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries((await this.#ask('GET', '/stores')) as Record<string, string>))
  }

  async restart(name: string): Promise<RunStatus> {
    return (await this.#ask('POST', `/restart?${new URLSearchParams({ name }).toString()}`)) as RunStatus
  }

  async scale(service: string, replicas: number): Promise<RunStatus> {
    const words = new URLSearchParams({ service, replicas: String(replicas) })
    return (await this.#ask('POST', `/scale?${words.toString()}`)) as RunStatus
  }

  /** Has a program, or all processes of a service, crash (`SIGKILL`), freeze (`SIGSTOP`) or go on (`SIGCONT`). */
  async signal(name: string, signal: ProgramSignal): Promise<void> {
    await this.#ask('POST', `/signal?${new URLSearchParams({ name, signal }).toString()}`)
  }

  /** Asks the run to stop; it drains after this resolves. */
  async stop(): Promise<void> {
    await this.#ask('POST', '/stop')
  }

  /** The last lines of a program, or of all; with `follow`, all that come. */
  async *logs(options: {
    readonly program?: string
    readonly lines: number
    readonly follow: boolean
    readonly signal?: AbortSignal
  }): AsyncGenerator<{ readonly program: string; readonly line: string }> {
    const { program, lines, follow, signal } = options
    const words = new URLSearchParams({ lines: String(lines), follow: follow ? '1' : '0' })
    if (program !== undefined) words.set('program', program)
    const response = await this.#fetch('GET', `/logs?${words.toString()}`, signal)
    if (!response.ok || response.body === null) throw await refusal(response)
    const body = Readable.fromWeb(response.body)
    for await (const line of createInterface({ input: body }))
      yield JSON.parse(line) as { program: string; line: string }
  }

  async #ask(method: string, path: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#fetch(method, path, signal)
    if (!response.ok) throw await refusal(response)
    return await response.json()
  }

  async #fetch(method: string, path: string, signal?: AbortSignal): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}` }
    return await fetch(this.#origin + path, { method, headers, ...(signal === undefined ? {} : { signal }) })
  }
}

async function refusal(response: Response): Promise<RefusedByRunError> {
  const { error, code, known } = (await response.json().catch(() => ({}))) as {
    readonly error?: string
    readonly code?: string | null
    readonly known?: readonly string[]
  }
  return new RefusedByRunError(error ?? `it answered ${response.status}`, code ?? 'WT_REFUSED', known ?? [])
}
