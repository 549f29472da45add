import picocolors from 'picocolors'
import { runProgram } from '../dist/program/run-program.js'
import type { TextSink } from '../dist/program/terminal.js'
import type { Ended } from './run-process.js'

/** Runs the program, as it is compiled, in this process, against a terminal in memory: plain text, 100 columns, no questions. */
export async function watertightHere(
  words: readonly string[],
  { cwd, env = {}, input = '' }: { cwd: string; env?: Readonly<Record<string, string>>; input?: string },
): Promise<Ended> {
  const out: string[] = []
  const err: string[] = []
  const code = await runProgram(words, {
    cwd,
    env,
    out: sink(out),
    err: sink(err),
    in: { isTty: false, read: () => Promise.resolve(input) },
  })
  return { code, out: out.join(''), err: err.join('') }
}

function sink(written: string[]): TextSink {
  return {
    write: (text) => {
      written.push(text)
    },
    isTty: false,
    columns: 100,
    colours: picocolors.createColors(false),
  }
}
