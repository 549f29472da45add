import { writeFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENGINES } from '../packages/cli/src/doctor/engines.js'
import { engines } from './engines.js'
import { runCommand } from './run-command.js'
import { EngineError, type Engine } from './engine.js'
import { ensureEngine, inspectEngine } from './ensure-engine.js'
import { enginesFolder, locateProgram, type Environment } from './locate.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function putProgram(into: string, name: string, script = 'echo 1.2.3'): Promise<string> {
  await mkdir(into, { recursive: true })
  const path = join(into, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

/** Without a real PATH: what the machine has must not matter. */
const environment = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  WATERTIGHT_ENGINES: join(folder, 'engines'),
  PATH: join(folder, 'path'),
  ...more,
})

/** Runs the command, and collects what it writes. */
async function run(given: readonly string[], variables: Environment) {
  const written = { stdout: '', stderr: '' }
  const exitCode = await runCommand(given, variables, {
    stdout: (text) => (written.stdout += text),
    stderr: (text) => (written.stderr += text),
  })
  return { exitCode, ...written }
}

describe('where a program is found', () => {
  it('the folder is what the variable names, else in the cache of the user', () => {
    expect(enginesFolder({ WATERTIGHT_ENGINES: folder })).toBe(folder)
    expect(enginesFolder({ WATERTIGHT_ENGINES: '', HOME: folder })).toBe(
      join(folder, '.cache/watertight/engines'),
    )
  })

  it('bin of the folder goes before PATH', async () => {
    expect(locateProgram('tool', environment())).toBeUndefined()
    const onPath = await putProgram(join(folder, 'path'), 'tool')
    expect(locateProgram('tool', environment())).toBe(onPath)
    const installed = await putProgram(join(folder, 'engines/bin'), 'tool')
    expect(locateProgram('tool', environment())).toBe(installed)
  })

  it('what cannot be started is no program', async () => {
    await mkdir(join(folder, 'path/tool'), { recursive: true })
    expect(locateProgram('tool', environment())).toBeUndefined()
    await writeFile(join(folder, 'path/other'), '')
    expect(locateProgram('other', environment())).toBeUndefined()
  })
})

describe('an engine', () => {
  const engine = (install: () => Promise<void>): Engine => ({
    name: 'tool',
    programs: ['tool', 'tooler'],
    source: 'nowhere',
    versionArguments: ['--version'],
    install,
  })
  const installBoth = async (): Promise<void> => {
    for (const program of ['tool', 'tooler']) await putProgram(join(folder, 'engines/bin'), program)
  }

  it('is installed once', async () => {
    let installs = 0
    const counted = engine(async () => {
      installs += 1
      await installBoth()
    })
    expect(await ensureEngine(counted, environment())).toMatchObject({ state: 'installed', version: '1.2.3' })
    expect(await ensureEngine(counted, environment())).toMatchObject({ state: 'present', error: '' })
    expect(installs).toBe(1)
  })

  it('is missing when one of its programs is, or does not start', async () => {
    await putProgram(join(folder, 'path'), 'tool')
    expect(await inspectEngine(engine(installBoth), environment())).toMatchObject({
      state: 'missing',
      error: 'tooler cannot be found',
    })
    await installBoth()
    await putProgram(join(folder, 'engines/bin'), 'tool', 'echo no such library >&2; exit 1')
    expect(await inspectEngine(engine(installBoth), environment())).toMatchObject({
      state: 'missing',
      error: 'it does not start: no such library',
    })
  })

  it('may end with an odd code when it has said its version', async () => {
    for (const program of ['tool', 'tooler']) {
      await putProgram(join(folder, 'path'), program, 'echo 4.1.0; exit 1')
    }
    const odd = { ...engine(installBoth), versionExitCode: 1 }
    expect(await inspectEngine(odd, environment())).toMatchObject({ state: 'present', version: '4.1.0' })
  })

  it('that cannot be installed says why', async () => {
    const refused = engine(() => Promise.reject(new EngineError('cannot install tool: no such package')))
    expect(await ensureEngine(refused, environment())).toMatchObject({
      state: 'failed',
      error: 'cannot install tool: no such package',
    })
    expect(
      await ensureEngine(
        engine(async () => {}),
        environment(),
      ),
    ).toMatchObject({
      state: 'failed',
      error: 'it was installed, and still: tool and tooler cannot be found',
    })
  })
})

it('doctor looks for the programs of every engine, and for no others', () => {
  expect(Object.keys(ENGINES)).toEqual(engines.flatMap(({ programs }) => programs))
})

describe('the command', () => {
  it('tells what is missing, in words and as JSON, and installs nothing when it only checks', async () => {
    const words = await run(['--check'], environment())
    expect(words).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('prometheus: promtool and prometheus cannot be found\n') as string,
    })
    const { stdout, exitCode } = await run(['prometheus', '--check', '--json'], environment())
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      folder: join(folder, 'engines'),
      engines: [{ name: 'prometheus', state: 'missing', programs: { promtool: null, prometheus: null } }],
    })
  })

  it('finds what is there', async () => {
    for (const program of ['promtool', 'prometheus']) {
      await putProgram(join(folder, 'path'), program, 'echo "promtool, version 2.42.0+ds (branch: x)"')
    }
    const { exitCode, stdout } = await run(['prometheus'], environment())
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/present +prometheus +2\.42\.0\+ds +Debian package prometheus/)
  })

  it('tells of each engine before it looks at the next', async () => {
    await putProgram(join(folder, 'path'), 'pgbouncer', 'echo "PgBouncer 1.18.0"')
    const told: string[] = []
    const ending = runCommand(['pgbouncer', 'etcd', '--check'], environment(), {
      stdout: (text) => {
        told.push(text)
        // What is put there by now is found only if it had not been looked for.
        if (text.includes('pgbouncer')) {
          const etcd = join(folder, 'path/etcd')
          writeFileSync(etcd, '#!/bin/sh\necho 3.4.23\n', { mode: 0o755 })
        }
      },
      stderr: () => {},
    })
    expect(await ending).toBe(0)
    expect(told.slice(1)).toEqual([
      expect.stringMatching(/^present +pgbouncer/),
      expect.stringMatching(/^present +etcd/),
    ])
  })

  it.each([
    [
      ['promethius'],
      `cannot install engine: name must be one of ${engines.map(({ name }) => name).join(', ')}, got 'promethius'`,
    ],
    [['--jsn'], "cannot read the arguments: Unknown option '--jsn'"],
  ])('refuses %o', async (given, message) => {
    const { exitCode, stderr, stdout } = await run(given, environment())
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain('Usage: npm run engines')
  })

  it('explains itself', async () => {
    const { exitCode, stdout } = await run(['--help'], environment())
    expect(exitCode).toBe(0)
    expect(stdout).toContain('WATERTIGHT_ENGINES')
  })
})
