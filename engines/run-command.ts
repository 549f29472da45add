import { parseArgs } from 'node:util'
import { engines } from './engines.js'
import type { Engine } from './engine.js'
import { ensureEngine, inspectEngine, type EngineReport } from './ensure-engine.js'
import { enginesFolder, type Environment } from './locate.js'

const help = `Usage: npm run engines -- [engine ...] [options]

Installs the real servers and tools that \`npm run test:engines\` needs, and prints their versions. What is there is
left alone. All engines, unless some are named: ${engines.map(({ name }) => name).join(', ')}

Options:
  --check   install nothing; only tell what is there
  --json    one JSON object on standard output, and nothing else
  --help    this text

Engines go into the folder that WATERTIGHT_ENGINES names (default ~/.cache/watertight/engines). The system itself is
not changed, except that root's run of this command may call \`apt-get update\`.

Exit codes: 0 every engine is there, 1 one is missing, 2 wrong usage

Examples:
  npm run engines
  npm run engines -- prometheus --check
  npm run --silent engines -- --json
`

/** Where a command writes. */
export interface Output {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

/** Resolves to the exit code. Of each engine it tells as soon as it stands: some take minutes to build. */
export async function runCommand(
  commandArguments: readonly string[],
  environment: Environment,
  { stdout, stderr }: Output,
): Promise<0 | 1 | 2> {
  const parsed = parse(commandArguments)
  if (typeof parsed === 'string') {
    stderr(`${parsed}\n\n${help}`)
    return 2
  }
  const { chosen, check, json } = parsed
  if (parsed.help) {
    stdout(help)
    return 0
  }
  const folder = enginesFolder(environment)
  if (!json) stdout(`${folder}\n`)
  const reports: EngineReport[] = []
  // One after the other: two runs of apt-get at once would fail over its lock.
  for (const engine of chosen) {
    const report = await (check ? inspectEngine : ensureEngine)(engine, environment)
    reports.push(report)
    if (!json) stdout(line(report))
    if (!json && report.error !== '') stderr(`${report.name}: ${report.error}\n`)
  }
  if (json) stdout(`${JSON.stringify({ folder, engines: reports })}\n`)
  return reports.every(({ state }) => state === 'present' || state === 'installed') ? 0 : 1
}

interface Parsed {
  readonly chosen: readonly Engine[]
  readonly check: boolean
  readonly json: boolean
  readonly help: boolean
}

/** What was asked for, or why it cannot be understood. */
function parse(commandArguments: readonly string[]): Parsed | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...commandArguments],
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const unknown = positionals.find((name) => !engines.some((engine) => engine.name === name))
    if (unknown !== undefined) {
      const names = engines.map(({ name }) => name).join(', ')
      return `cannot install engine: name must be one of ${names}, got '${unknown}'`
    }
    const chosen = engines.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
    return { chosen, ...values }
  } catch (error) {
    return `cannot read the arguments: ${error instanceof Error ? error.message : String(error)}`
  }
}

function line({ name, version, state, source }: EngineReport): string {
  return `${state.padEnd(10)}${name.padEnd(14)}${version.padEnd(20)}${source}\n`
}
