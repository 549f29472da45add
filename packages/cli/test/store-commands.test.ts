import { describe, expect, it } from 'vitest'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

describe('the store of a command', () => {
  const document = (stores: string): string =>
    `watertight: v1\nsystem: a\nservices: { order: {} }\nstores: ${stores}\n`

  it.each([
    ['none', '{}', [], 'names no store'],
    ['several', '{ a: embedded, b: { env: B_URL } }', [], 'names several stores'],
    ['one that is not there', '{ main: embedded }', ['--store', 'mian'], 'did you mean main?'],
    ['Redis', '{ keys: redis://127.0.0.1 }', ['--store', 'keys'], 'is Redis'],
    [
      'a variable that is not set',
      '{ main: { env: DATABASE_URL } }',
      [],
      'the variable DATABASE_URL is not set',
    ],
    ['a folder that is not there', '{ main: embedded }', [], 'watertight migrate up makes it'],
    ['a URL of another kind', '{}', ['--store', 'mysql://root:secret@127.0.0.1/x'], 'must be postgres://'],
    [
      'nobody there',
      '{}',
      ['--store', 'postgres://a:secret@127.0.0.1:1/x'],
      'cannot reach postgres://***@127.0.0.1:1/x',
    ],
  ])('%s is refused in a sentence, without its password', async (_story, stores, words, said) => {
    await inFolder({ 'watertight.yaml': document(stores) }, async (cwd) => {
      const { code, err } = await watertightHere(['events', 'tail', ...words], { cwd })
      expect(err).toContain(said)
      expect(err).not.toContain('secret')
      expect(code === 2 || code === 4).toBe(true)
    })
  })
})
