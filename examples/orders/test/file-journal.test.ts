import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileJournal, JournalError } from '../src/journal/file-journal.js'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
  path = join(folder, 'deep', 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

async function replayed(): Promise<unknown[]> {
  const values: unknown[] = []
  const journal = await FileJournal.open(path, (value) => values.push(value))
  await journal.close()
  return values
}

async function written(...values: unknown[]): Promise<void> {
  const journal = await FileJournal.open(path, () => {})
  await Promise.all(values.map((value) => journal.append(value)))
  await journal.close()
}

test('replays what was appended, in order', async () => {
  await written({ a: 1 }, 'two', 3)
  await written({ b: 'später\n' })
  expect(await replayed()).toEqual([{ a: 1 }, 'two', 3, { b: 'später\n' }])
})

test('a torn last line is cut off, and what is appended next stands alone', async () => {
  await written({ a: 1 })
  await appendFile(path, '{"b":2,"tor')
  expect(await replayed()).toEqual([{ a: 1 }])
  await written({ c: 3 })
  expect(await replayed()).toEqual([{ a: 1 }, { c: 3 }])
})

test('a line torn within a character is cut off too', async () => {
  await written({ a: 1 })
  await appendFile(path, Buffer.from('{"b":"ä"}\n').subarray(0, 7))
  expect(await replayed()).toEqual([{ a: 1 }])
  expect(await readFile(path, 'utf8')).toBe('{"a":1}\n')
})

test('a broken line that is not the last is damage, and is said so with its number', async () => {
  await written({ a: 1 })
  await writeFile(path, '{"a":1}\n{"b":\n{"c":3}\n')
  await expect(replayed()).rejects.toThrow(JournalError)
  await expect(replayed()).rejects.toThrow('line 2 is not JSON, got {"b":')
})

test('settled waits for every append before it', async () => {
  const journal = await FileJournal.open(path, () => {})
  for (let value = 0; value < 100; value += 1) void journal.append(value)
  await journal.settled()
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(101)
  await journal.close()
})
