import { resolve } from 'node:path'
import { parseArguments, UsageError, type Arguments } from './command-line/arguments.js'
import {
  EXIT_DATA_FOLDER,
  EXIT_ENGINE_MISSING,
  EXIT_FAILED,
  EXIT_FOLDER_IN_USE,
  EXIT_INTERRUPTED,
  EXIT_OK,
  EXIT_PORT_TAKEN,
  EXIT_USAGE,
} from './command-line/exit.js'
import { Drills } from './command-line/drills.js'
import { help } from './command-line/help.js'
import { run } from './command-line/run.js'
import { stopRequest } from './command-line/stop-request.js'
import { colors } from './status/colors.js'
import { Screen } from './status/screen.js'
import { openConsole } from './status/open-console.js'
import { nameColumns } from './services/names.js'
import { frontPage } from './status/front-page.js'
import { servePage } from './status/serve-page.js'
import { summary, summaryJson } from './status/summary.js'
import { welcome } from './status/welcome.js'
import { DataFolderError } from './data-folder/data-folder.js'
import { EngineMissingError } from '@watertight/deploy'
import { AlreadyRunningError, PortTakenError } from '@watertight/supervisor'
import { ManifestError } from './manifest/manifest.js'
import { StartError } from './system/start-error.js'
import { System } from './system/system.js'

/** Where browsers find what there is, if it is free. */
const PAGE_PORT = 8080

process.exit(await main(process.argv.slice(2)))

async function main(words: readonly string[]): Promise<number> {
  try {
    const wanted = parseArguments(words, process.env)
    if (wanted.help) {
      process.stdout.write(help)
      return EXIT_OK
    }
    return await openShop(wanted)
  } catch (error) {
    const code = exitCode(error)
    if (code === undefined) throw error
    console.error((error as Error).message)
    if (code === EXIT_PORT_TAKEN) console.error('choose another with --port, or let --port 0 find a free one')
    if (code === EXIT_FOLDER_IN_USE) console.error('stop the other run, or choose another folder with --data')
    if (code === EXIT_ENGINE_MISSING)
      console.error('npm run engines installs all of them; without --profile the shop needs none')
    if (code === EXIT_DATA_FOLDER) console.error('make room or choose another folder with --data')
    return code
  }
}

async function openShop(wanted: Arguments): Promise<number> {
  const isTerminal = process.stdout.isTTY && process.env['TERM'] !== 'dumb'
  const paint = colors(isTerminal && !process.env['NO_COLOR'])
  // With --json, standard output holds the summary alone.
  const screen = new Screen(wanted.json ? process.stderr : process.stdout, isTerminal && !wanted.json)
  const stop = stopRequest()
  // Before anything runs there is nothing to drain.
  const giveUp = () => process.exit(EXIT_INTERRUPTED)
  stop.signal.addEventListener('abort', giveUp)
  if (!wanted.json) screen.say(`Starting the shop, with its data in ${resolve(wanted.dataFolder)} ...`)
  const { OTEL_EXPORTER_OTLP_ENDPOINT: collector } = process.env
  const { dataFolder, profile } = wanted
  const console = wanted.console
    ? await openConsole({ dataFolder, profile, isAnyPort: wanted.port === 0 })
    : undefined
  const system = await System.start({
    onStop: stop.ask,
    tracesUrl: collector || console === undefined ? undefined : `${console.spansUrl}/v1/traces`,
    dataFolder,
    profile,
    port: wanted.port,
    onReady: (name, seconds) => {
      // A sidecar starts sooner than what it stands beside.
      if (!wanted.json && !name.endsWith('-sidecar'))
        screen.say(`  ${name.padEnd(nameColumns)} ready after ${seconds.toFixed(1)} s`)
    },
    say: (line) => screen.say(line),
  })
  stop.signal.removeEventListener('abort', giveUp)
  const page = await servePage(() => frontPage(system), wanted.port === 0 ? 0 : PAGE_PORT)
  if (!wanted.json)
    for (const line of welcome(system, { pageUrl: page.url, console }, paint)) screen.say(line)
  const drills = new Drills({ runFolder: system.dataFolder, profile }, ({ phase, text }) => {
    if (phase !== 'said') system.tell(text)
    if (!wanted.json) screen.say(text)
  })
  const result = await run({ system, drills, wanted, screen, colors: paint, stop: stop.signal })
  page.close()
  await console?.close()
  screen.show([])
  if (wanted.json) process.stdout.write(`${JSON.stringify(summaryJson(result))}\n`)
  else for (const line of summary(result, paint)) screen.say(line)
  return result.findings.length === 0 ? EXIT_OK : EXIT_FAILED
}

function exitCode(error: unknown): number | undefined {
  if (error instanceof UsageError) return EXIT_USAGE
  if (error instanceof AlreadyRunningError) return EXIT_FOLDER_IN_USE
  if (error instanceof PortTakenError) return EXIT_PORT_TAKEN
  if (error instanceof EngineMissingError) return EXIT_ENGINE_MISSING
  if (error instanceof ManifestError) return EXIT_FAILED
  if (error instanceof DataFolderError) return EXIT_DATA_FOLDER
  if (error instanceof StartError) return EXIT_FAILED
  return undefined
}
