import type { ControlClient, ProgramStatus } from '@watertight/supervisor'
import { suggest } from '@watertight/manifest/tooling'
import type { TapFacts, TappedRequest } from '@watertight/proxy'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import { proxiesOf, type SeeingProxies } from '../up/proxies-of.js'

/** One request, and the program that saw it pass. */
export interface SeenRequest extends TappedRequest {
  readonly program: string
}

/** A proxy that does not answer within this is left out of a look. */
const ANSWER_MS = 2_000

/**
 * What passes the proxies of a service: its own sidecars, or for one without, those who call it. The gateway's are those of the
 * service `gateway`.
 */
export class TapSource {
  readonly #run: ControlClient
  readonly #service: string
  readonly #cursors = new Map<string, string>()

  constructor(run: ControlClient, service: string) {
    this.#run = run
    this.#service = service
  }

  /**
   * What has passed since the last look, oldest first; nothing at the first.
   *
   * @throws CommandError when there is no such service, or nothing that sees its requests
   */
  async look(): Promise<{ readonly requests: readonly SeenRequest[]; readonly dropped: number }> {
    const { proxies, areBeside } = placesOf(this.#service, (await this.#run.status()).programs)
    const answers = await Promise.all(proxies.map((proxy) => this.#ask(proxy)))
    const requests = answers.flatMap(({ program, requests: seen }) =>
      seen.filter(({ to }) => areBeside || to === this.#service).map((request) => ({ program, ...request })),
    )
    return {
      requests: requests.sort((a, b) => a.at - b.at),
      dropped: answers.reduce((sum, { dropped }) => sum + dropped, 0),
    }
  }

  async #ask({
    name,
    admin,
  }: ProgramStatus): Promise<Pick<TapFacts, 'requests' | 'dropped'> & { program: string }> {
    const since = new URLSearchParams({ since: this.#cursors.get(name) ?? '{}' })
    const url = `http://127.0.0.1:${admin}/tap?${since.toString()}`
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })
      const { cursors, requests, dropped } = (await answer.json()) as TapFacts
      this.#cursors.set(name, JSON.stringify(cursors))
      return { program: name, requests, dropped }
    } catch {
      // It is being started again, perhaps; whoever looks next finds out.
      return { program: name, requests: [], dropped: 0 }
    }
  }
}

/** Those that see the requests of a service that there is. */
function placesOf(service: string, programs: readonly ProgramStatus[]): SeeingProxies {
  const seeing = proxiesOf(service, programs)
  if (seeing.areBeside) return seeing
  const services = [
    ...new Set(
      programs.filter(({ kind }) => kind !== 'store' && kind !== 'engine').map((program) => program.service),
    ),
  ]
  if (!services.includes(service)) {
    throw new CommandError(
      `cannot tap ${service}: there is no such service in this run; ${suggest(service, services)}`,
      {
        code: 'WT_UNKNOWN_PROGRAM',
        exitCode: EXIT.usage,
      },
    )
  }
  if (seeing.proxies.length > 0) return seeing
  throw new CommandError(`cannot tap ${service}: neither a gateway nor a sidecar sees its requests`, {
    code: 'WT_NOTHING_TO_TAP',
    exitCode: EXIT.findings,
    hint: 'enforce: sidecar, below the service in the document, puts one beside it',
  })
}
