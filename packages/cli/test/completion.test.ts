import { describe, expect, it } from 'vitest'
import { inFolder, PROGRAM, runProcess } from './run-process.js'
import { GOOD_MANIFEST } from './manifests.js'
import { watertightHere } from './watertight-here.js'

const FILES = { 'watertight.yaml': GOOD_MANIFEST, 'deploy/x.yaml': '', 'notes.txt': '' }

/** What the program offers for words, the last of which is being typed. */
async function offered(words: readonly string[]): Promise<string[]> {
  let reply: string[] = []
  await inFolder(FILES, async (cwd) => {
    const { out } = await watertightHere(['complete', '--', ...words], { cwd })
    const lines = out.split('\n').filter((line) => line !== '' && !line.startsWith(':'))
    reply = lines.map((line) => line.split('\t')[0] ?? '')
  })
  return reply
}

describe('completion', () => {
  it.each([
    ['commands', ['ch'], ['check']],
    ['options', ['check', '--s'], ['--score', '--strict']],
    ['choices of an option', ['check', '--format', ''], ['human', 'json', 'sarif', 'github']],
    ['callers', ['explain', 'o'], ['order']],
    ['the callees of that caller', ['explain', 'order', ''], ['payment', 'stock']],
    ['codes of findings', ['explain', 'WT-RETRY-NO-J'], ['WT-RETRY-NO-JITTER']],
    ['files and folders', ['check', ''], ['deploy/', 'watertight.yaml']],
    ['files in a folder', ['check', 'deploy/'], ['deploy/x.yaml']],
    ['files after an option', ['init', '--from', 'wat'], ['watertight.yaml']],
    ['engines', ['doctor', '--require', 'promt'], ['promtool']],
    ['schemas', ['schema', '--for', 'gr'], ['graph']],
    ['formats', ['import', 'd'], ['dapr']],
    ['shells', ['completion', 'z'], ['zsh']],
    ['nothing for what is unknown', ['check', 'zzz'], []],
  ])('offers %s', async (_name, words, expected) => {
    expect((await offered(words)).sort()).toEqual([...expected].sort())
  })
})

describe('the script for bash', () => {
  // Lines as bash splits them; what would be a command must stay a word.
  const lines = ['graph --format =', 'graph --format = d', 'explain order ', 'check $(touch ran)']
  const script = `
    watertight() { '${process.execPath}' '${PROGRAM}' "$@"; }
    source <(watertight completion bash) && source <(watertight completion bash)
    complete -p watertight
    for line in "$@"; do
      IFS=' ' read -ra COMP_WORDS <<< "watertight $line"
      [[ $line == *' ' ]] && COMP_WORDS+=("")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _watertight
      echo "\${COMPREPLY[*]}"
    done
    ls`

  it('may be sourced twice, completes in a real bash, and runs nothing that is typed', async () => {
    await inFolder(FILES, async (cwd) => {
      const { out, err } = await runProcess('bash', ['-c', script, 'bash', ...lines], { cwd })
      expect({ err, out: out.split('\n') }).toEqual({
        err: '',
        out: [
          'complete -F _watertight watertight',
          'mermaid dot json',
          'dot',
          'payment stock',
          '',
          'deploy',
          'notes.txt',
          'watertight.yaml',
          '',
        ],
      })
    })
  })
})

describe('the scripts for other shells', () => {
  it.each(['zsh', 'fish'])('ask this program: %s', async (shell) => {
    const { code, out } = await watertightHere(['completion', shell], { cwd: '.' })
    expect(code).toBe(0)
    expect(out).toContain('watertight complete --')
  })
})
