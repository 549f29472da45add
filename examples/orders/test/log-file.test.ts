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
  const first = new LogFile(path, { show: () => {}, bytesMax: 80 })
  first.write(line('info', 'one'))
  first.write(line('info', 'two'))
  first.close()
  const second = new LogFile(path, { show: () => {}, bytesMax: 80 })
  for (const text of ['three', 'four']) second.write(line('info', text))
  expect(await readFile(`${path}.1`, 'utf8')).toBe(
    ['one', 'two', 'three'].map((text) => line('info', text)).join(''),
  )
  for (const text of ['five', 'six', 'seven']) second.write(line('info', text))
  second.close()
  expect(await readFile(`${path}.1`, 'utf8')).toMatch(/"four"[^]*"five"[^]*"six"/)
  expect(await readFile(path, 'utf8')).toBe(line('info', 'seven'))
})

test('an error is shown too; a fatal one the process tells itself', () => {
  const shown: string[] = []
  const log = new LogFile(join(folder, 'shown.jsonl'), { show: (text) => shown.push(text) })
  for (const level of ['info', 'warn', 'error', 'fatal']) log.write(line(level, 'x'))
  log.write('{"level":"error","err":{"message":"no such order"},"msg":"a request failed"}\n')
  expect(shown).toEqual(['error: x\n', 'error: a request failed: no such order\n'])
  log.close()
})

test('a log that cannot be written is told of once a minute, and stops nobody', async () => {
  const shown: string[] = []
  let now = 0
  // Every write there fails for want of space.
  const log = new LogFile('/dev/full', { show: (text) => shown.push(text), now: () => now })
  for (let second = 0; second < 90; second += 1) {
    now = second * 1_000
    log.write(line('info', 'x'))
  }
  log.close()
  expect(shown).toEqual([
    'warn: cannot write /dev/full: no space is left on its disk\n',
    'warn: cannot write /dev/full: no space is left on its disk (and 59 times more before)\n',
  ])
})

test('an error that comes with every request is shown once a minute; others are not lost among it', () => {
  const shown: string[] = []
  let now = 0
  const log = new LogFile(join(folder, 'repeats.jsonl'), { show: (text) => shown.push(text), now: () => now })
  for (let request = 0; request < 200; request += 1) {
    now = request * 400
    log.write(line('error', request === 100 ? 'another' : 'no space'))
  }
  log.close()
  expect(shown).toEqual([
    'error: no space\n',
    'error: another\n',
    'error: no space (and 148 times more before)\n',
  ])
})
