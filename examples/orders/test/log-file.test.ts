import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LogFile } from '../src/telemetry/log-file.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-'))
})
afterAll(() => rm(folder, { recursive: true }))

const line = (level: string, text: string) => `{"level":"${level}","msg":"${text}"}\n`

test('a full file makes room for a new one, and one former file is kept', async () => {
  const path = join(folder, 'small.jsonl')
  const first = new LogFile(path, () => {}, 80)
  first.write(line('info', 'one'))
  first.write(line('info', 'two'))
  first.close()
  const second = new LogFile(path, () => {}, 80)
  for (const text of ['three', 'four']) second.write(line('info', text))
  expect(await readFile(`${path}.1`, 'utf8')).toBe(
    ['one', 'two', 'three'].map((text) => line('info', text)).join(''),
  )
  for (const text of ['five', 'six', 'seven']) second.write(line('info', text))
  second.close()
  expect(await readFile(`${path}.1`, 'utf8')).toMatch(/"four"[^]*"five"[^]*"six"/)
  expect(await readFile(path, 'utf8')).toBe(line('info', 'seven'))
})

test('what is serious is shown too', () => {
  const shown: string[] = []
  const log = new LogFile(join(folder, 'shown.jsonl'), (text) => shown.push(text))
  for (const level of ['info', 'warn', 'error', 'fatal']) log.write(line(level, 'x'))
  log.write('{"level":"error","err":{"message":"no such order"},"msg":"a request failed"}\n')
  expect(shown).toEqual(['error: x\n', 'fatal: x\n', 'error: a request failed: no such order\n'])
  log.close()
})
