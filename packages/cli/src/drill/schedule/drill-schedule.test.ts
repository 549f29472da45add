import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { expect, onTestFinished, test, vi } from 'vitest'
import { DrillFolder, type KeptRecord } from '../drill-folder.js'
import { type DrillEvent, DrillSchedule } from './drill-schedule.js'

const { system } = readManifest(
  `watertight: v1
system: shop
services: { payment: {} }
drills:
  one: { every: 10m, story: One, target: payment }
  two: { every: 20m, story: Two, target: payment }
  people: { every: 1s, story: Who is called }
`,
  'watertight.yaml',
)
const MINUTE = 60_000
const START = Date.UTC(2026, 10, 29, 12)

interface Scene {
  now: number
  readonly folder: string
  readonly events: DrillEvent[]
  /** Ends the drill that runs; undefined where none does. */
  end: ((change?: Partial<KeptRecord>) => Promise<void>) | undefined
  readonly started: string[]
  open(): DrillSchedule
}

function scene(): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'drills-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const it: Scene = {
    now: START,
    folder,
    events: [],
    started: [],
    end: undefined,
    open: () =>
      new DrillSchedule({
        model: () => system?.model as SystemModel,
        runFolder: folder,
        now: () => it.now,
        tell: (event) => it.events.push(event),
        start: (drill) => {
          it.started.push(drill)
          let settle: (record: KeptRecord) => void = () => {}
          const ended = new Promise<KeptRecord>((resolve) => (settle = resolve))
          it.end = async (change = {}) => {
            it.end = undefined
            const record = {
              kind: 'drill',
              ok: true,
              drill,
              scheduled: true,
              at: it.now,
              ...change,
            } as KeptRecord
            if (record.kind === 'drill') new DrillFolder(folder).keep(record)
            settle(record)
            await ended
            await vi.waitFor(() => expect(it.events.at(-1)?.phase).toMatch(/ended|refused/), 20_000)
          }
          return { ended, stop: async () => settle({ kind: 'refused', drill, at: it.now } as KeptRecord) }
        },
      }),
  }
  return it
}

const phases = ({ events }: Scene, drill: string): string[] =>
  events.filter((event) => event.drill === drill).map(({ phase }) => phase)

test('drills run by their every while the system runs, never two at once, and those of people never', async () => {
  const it = scene()
  const schedule = it.open()
  expect(it.events.map(({ drill, phase }) => [drill, phase])).toEqual([
    ['one', 'planned'],
    ['two', 'planned'],
  ])
  it.now += 9 * MINUTE
  schedule.look()
  expect(it.started).toEqual([])
  it.now = START + 23 * MINUTE
  schedule.look()
  schedule.look()
  expect(it.started).toEqual(['one'])
  await it.end?.()
  schedule.look()
  expect(it.started).toEqual(['one', 'two'])
  await it.end?.({ ok: false })
  expect(it.events.at(-1)?.text).toBe('drill two missed an objective')
  schedule.look()
  expect(it.started).toEqual(['one', 'two'])
  it.now += 12 * MINUTE
  schedule.look()
  expect(it.started).toEqual(['one', 'two', 'one'])
  await schedule.close()
})

test('what comes due while a drill runs waits for it, and is not said to be missed', async () => {
  const it = scene()
  const schedule = it.open()
  it.now += 11 * MINUTE
  schedule.look()
  it.now += 20 * MINUTE
  await it.end?.()
  schedule.look()
  expect([phases(it, 'one'), phases(it, 'two')].flat()).not.toContain('missed')
  expect(it.started).toHaveLength(2)
  await schedule.close()
})

test('one that is refused is told, kept, and tried again soon', async () => {
  const it = scene()
  const schedule = it.open()
  it.now += 11.5 * MINUTE
  schedule.look()
  await it.end?.({ kind: 'refused', why: 'payment is not ready' })
  expect(it.events.at(-1)?.text).toBe('drill one did not run: payment is not ready')
  expect(new DrillFolder(it.folder).records('one')[0]).toMatchObject({
    kind: 'refused',
    why: 'payment is not ready',
  })
  schedule.look()
  expect(it.started).toEqual(['one'])
  it.now += MINUTE
  schedule.look()
  expect(it.started).toEqual(['one', 'one'])
  await schedule.close()
})

test('one that was due while the system did not run is told once, kept, and runs a minute after the system is ready', async () => {
  const it = scene()
  await it.open().close()
  it.now += 65 * MINUTE
  it.events.length = 0
  const schedule = it.open()
  schedule.look()
  expect(phases(it, 'one')).toEqual(['missed', 'planned'])
  expect(it.events[0]?.text).toMatch(
    /^drill one was missed: it was due at .*, when the system did not run, and 5 more times since$/,
  )
  expect(new DrillFolder(it.folder).records('one')[0]).toMatchObject({ kind: 'missed' })
  expect(it.started).toEqual([])
  it.now += MINUTE
  schedule.look()
  expect(it.started).toHaveLength(1)
  await schedule.close()
})

test('of each drill the last hundred records are kept', () => {
  const it = scene()
  const folder = new DrillFolder(it.folder)
  for (let at = 0; at < 103; at += 1)
    folder.keep({ schemaVersion: 1, kind: 'missed', ok: false, drill: 'one', scheduled: true, at, why: '' })
  const kept = new DrillFolder(it.folder).records()
  expect([kept.length, kept[0]?.at, kept.at(-1)?.at]).toEqual([100, 102, 3])
})
