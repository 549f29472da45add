import type { Console } from '@watertight/console'
import type { Profile, SystemModel } from '@watertight/manifest'
import { ControlClient } from '@watertight/supervisor'
import { consolePort, openConsole } from '../console/open-console.js'
import type { Terminal } from '../program/terminal.js'
import { storeUrl } from '../stores/store-url.js'
import { shownStore } from './shown-store.js'
import { runFolderOf } from './with-run.js'

export interface UpConsoleOptions {
  readonly manifest?: string
  readonly folder?: string
  readonly profile?: string
  /** A port; `true` for the usual one. */
  readonly console?: string | true
}

/** A console that is open before the system that it shows, so that programs can be told where their spans are taken. */
export interface UpConsole {
  readonly console: Console
  /** Where programs send spans; undefined where the environment says already where they go. */
  readonly tracesUrl: string | undefined
}

/** What it shows. */
interface ShownSystem {
  readonly file: string
  readonly profile: Profile | undefined
  readonly model: SystemModel
}

/** Opens the console that was asked for. */
export async function openUpConsole(
  options: UpConsoleOptions,
  asked: string | true,
  { file, profile, model }: ShownSystem,
  terminal: Terminal,
): Promise<UpConsole> {
  const folder = runFolderOf(options, terminal)
  const store = shownStore(model)
  const urlOfStore = async (): Promise<string> => {
    // Files that the run is about to open must not be opened here.
    if ((await ControlClient.find(folder)) === undefined) throw new Error('the system is being started')
    return await storeUrl({ ...options, ...(store === undefined ? {} : { store }) }, terminal)
  }
  const console = await openConsole(
    {
      manifest: file,
      ...(profile === undefined ? {} : { profile }),
      folder,
      ...(asked === true ? {} : { port: consolePort('--console', asked) }),
      ...(store === undefined ? {} : { store: urlOfStore }),
    },
    '--console',
  )
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces } = terminal.env
  return {
    console,
    tracesUrl: all || traces ? undefined : `${console.spansUrl}/v1/traces`,
  }
}
