import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { journalsIn } from '../src/journal/file-journal.js'
import { Ledger } from '../src/journal/ledger.js'

let folder: string
let ledger: Ledger<{ amount: number }, string>

const open = () => Ledger.open<{ amount: number }, string>(journalsIn(folder), 'ledger')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  ledger = await open()
})
afterEach(async () => {
  await ledger.close()
  await rm(folder, { recursive: true })
})

test('the same key gets the same answer and does no second work, at once and after a restart', async () => {
  const work = vi.fn<() => string>(() => 'done')
  const answers = await Promise.all([
    ledger.once('k', { amount: 1 }, work),
    ledger.once('k', { amount: 1 }, work),
  ])
  await ledger.close()
  ledger = await open()
  expect([...answers, await ledger.once('k', { amount: 1 }, work)]).toEqual(['done', 'done', 'done'])
  expect(work).toHaveBeenCalledTimes(1)
})

test('a key is good for one request only', async () => {
  await ledger.once('k', { amount: 1 }, () => 'done')
  await expect(ledger.once('k', { amount: 2 }, () => 'done')).rejects.toMatchObject({ status: 422 })
})

test('what is undone before it arrives is never done, also after a restart', async () => {
  await ledger.undo('k')
  await ledger.close()
  ledger = await open()
  const work = vi.fn<() => string>(() => 'done')
  await expect(ledger.once('k', { amount: 1 }, work)).rejects.toMatchObject({ status: 409, code: 'undone' })
  expect(work).not.toHaveBeenCalled()
})

test('undoing twice changes nothing the second time', async () => {
  await ledger.once('k', { amount: 1 }, () => 'done')
  await ledger.undo('k')
  await ledger.undo('k')
  expect(ledger.page(0)).toEqual({
    entries: [{ key: 'k', asked: { amount: 1 }, answer: 'done', undone: true }],
    next: null,
  })
})

test('pages cover every entry once', async () => {
  await Promise.all(
    Array.from({ length: 4_100 }, (_, index) => ledger.once(`k${index}`, { amount: 1 }, () => 'done')),
  )
  const keys: string[] = []
  for (let from: number | null = 0; from !== null;) {
    const page = ledger.page(from)
    keys.push(...page.entries.map(({ key }) => key))
    from = page.next
  }
  expect(new Set(keys).size).toBe(4_100)
  expect(keys).toHaveLength(4_100)
})
