import { describe, expect, it } from 'vitest'
import { inFolder } from '../../test/run-process.js'
import { watertightHere } from '../../test/watertight-here.js'
import { runProgram } from './run-program.js'
import { textSink } from './terminal.js'

/** A fault that no command knows of: a terminal that breaks when it is written to. */
async function faulty(
  env: Record<string, string>,
  words: readonly string[],
): Promise<{ code: number; err: string }> {
  let err = ''
  const broken = textSink({ write: () => raise('a line is missing') }, {})
  const code = await runProgram(words, {
    cwd: '.',
    env,
    out: broken,
    err: textSink({ write: (text) => (err += text) }, {}),
    in: { isTty: false, read: () => Promise.resolve('') },
  })
  return { code, err }
}

function raise(message: string): never {
  throw new Error(message)
}

describe('a fault of the program itself', () => {
  it('ends with 70 and without a stack, and says whose fault it is', async () => {
    const { code, err } = await faulty({}, ['schema'])
    expect(code).toBe(70)
    expect(err).toMatch(
      /^error internal error: a line is missing\n {2}a bug in watertight, not in your document/,
    )
    expect(err).not.toMatch(/\n\s+at /)
  })

  it('shows its stack to those who ask for it', async () => {
    expect((await faulty({ WATERTIGHT_DEBUG: '1' }, ['schema'])).err).toMatch(/\n\s+at /)
  })
})

describe('help', () => {
  it('is what no words at all get, and what help gets', async () => {
    await inFolder({}, async (cwd) => {
      const bare = await watertightHere([], { cwd })
      expect(bare).toMatchObject({ code: 0, err: '' })
      expect(bare.out).toContain('Exit codes:')
      expect(await watertightHere(['help'], { cwd })).toEqual(bare)
      expect(await watertightHere(['--help'], { cwd })).toEqual(bare)
    })
  })

  it('has examples for every command', async () => {
    await inFolder({}, async (cwd) => {
      const { out } = await watertightHere(['--help'], { cwd })
      const commands = [...(/\nCommands:\n([^]*?)\n\n/.exec(out)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)]
      for (const [, command = ''] of commands.filter(([, name]) => name !== 'help')) {
        expect((await watertightHere([command, '--help'], { cwd })).out).toContain(`\nExamples:\n  $ `)
      }
      expect(commands.length).toBeGreaterThan(8)
    })
  })
})
