import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { policyWords } from '../src/words/policy-words.js'
import { reachWords } from '../src/words/reach-words.js'
import type { Word } from '../src/words/word.js'

const packages = fileURLToPath(new URL('../..', import.meta.url))
const sources = ['policy', 'traffic', 'http']
  .map((name) => `${packages}/${name}/src`)
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(file, 'utf8'))

/** The comment above an option of an interface, in one line. */
function commentOf(name: string, option: string): string | undefined {
  const head = new RegExp(`export interface ${name}\\b[^{]*{`)
  for (const source of sources) {
    const start = head.exec(source)
    if (start === null) continue
    const body = source.slice(start.index, source.indexOf('\n}', start.index))
    const found = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*readonly ${option}\\??:`).exec(body)
    if (found !== null) return (found[1] ?? '').replace(/\s*\n\s*\*\s*/g, ' ')
  }
  return undefined
}

/** A default as TSDoc writes it: milliseconds, shares from 0 to 1. */
function inCode({ default: value }: Word): RegExp {
  if (value === undefined) return /[Dd]efault:? none/
  if (typeof value !== 'number') return new RegExp(`[Dd]efault \`${String(value)}\``)
  const grouped = String(value).replace(/\B(?=(\d{3})+$)/g, ',?')
  return new RegExp(`[Dd]efault (\`\\{ calls: )?${grouped.replace('.', '\\.')}(?![\\d.]*\\d)`)
}

describe('a policy has the same default by code and by document', () => {
  for (const [name, word] of Object.entries({ ...policyWords, ...reachWords })) {
    for (const { of, option, differs } of word.code ?? []) {
      it(`${name} and ${option} of ${of}${differs === undefined ? '' : `, but ${differs}`}`, () => {
        const comment = commentOf(of, option)
        expect(comment).toBeDefined()
        // The longest backoff is reported as a multiple of the first one by both.
        if (name === 'retry.backoff.max') expect(comment).toContain('Default 30 times `initialMs`')
        else if (differs === undefined) expect(comment).toMatch(inCode(word))
        else expect(comment).not.toMatch(inCode(word))
      })
    }
  }
})
