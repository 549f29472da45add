import { describe, expect, it } from 'vitest'
import { missing, VirtualFile } from '../../test/virtual-file.js'
import { ManifestWatcher } from './manifest-watcher.js'
import type { WatchManifestOptions } from './watch-manifest-options.js'

function manifest(attempts: number): string {
  return `watertight: v1
system: shop
policies: { standard: { retry: { attempts: ${attempts} } } }
services:
  order: { calls: { payment: { policy: standard } } }
  payment: {}
`
}

function follow(
  file: VirtualFile,
  options: Partial<WatchManifestOptions> = {},
): { seen: string[]; watcher: ManifestWatcher } {
  const seen: string[] = []
  const watcher = new ManifestWatcher(
    'watertight.yaml',
    {
      text: manifest(1),
      onChange: (model) => seen.push(`attempts ${model.policies.get('standard')?.retry?.attempts}`),
      onRefused: ({ message }) => seen.push(message),
      ...options,
    },
    file.ports,
  )
  watcher.start()
  return { seen, watcher }
}

describe('a watched manifest', () => {
  it('hands on a change once the file has been quiet', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    await file.pass(1_000)
    expect(seen).toEqual([])
    file.write(manifest(2))
    await file.pass(99)
    file.write(manifest(3))
    await file.pass(99)
    expect(seen).toEqual([])
    await file.pass(1)
    expect(seen).toEqual(['attempts 3'])
  })

  it('hands on the first reading where no text is in force', async () => {
    const file = new VirtualFile(manifest(4))
    const { seen } = follow(file, { text: undefined })
    await file.pass(100)
    expect(seen).toEqual(['attempts 4'])
  })

  it('says nothing when the text is as it was', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    for (let save = 0; save < 5; save++) {
      file.write(manifest(1))
      await file.pass(500)
    }
    expect(file.reads).toBe(5)
    expect(seen).toEqual([])
  })

  it('refuses an invalid change once, and keeps what is in force', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    await file.pass(100)
    file.write(manifest(0))
    await file.pass(100)
    expect(seen).toEqual([expect.stringMatching(/^cannot take over watertight.yaml:3: .*1 to 100, got 0$/)])
    file.write(manifest(0))
    await file.pass(100)
    file.write(manifest(1))
    await file.pass(100)
    expect(seen).toHaveLength(1)
    file.write(manifest(2))
    await file.pass(100)
    expect(seen[1]).toBe('attempts 2')
  })

  it.each([
    ['a policy that does not exist', manifest(2).replace('policy: standard', 'policy: standart')],
    ['half a document', manifest(2).slice(0, 60)],
    ['an empty file', ''],
    ['broken YAML', `${manifest(2)}\n  : [`],
  ])('refuses %s', async (_name, text) => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    await file.pass(100)
    file.write(text)
    await file.pass(100)
    expect(seen).toEqual([expect.stringMatching(/^cannot take over /)])
  })

  it('hands on what check objects to with the change', async () => {
    const file = new VirtualFile(manifest(1))
    const codes: string[][] = []
    follow(file, { onChange: (_model, { findings }) => codes.push(findings.map(({ code }) => code)) })
    file.write(manifest(3))
    await file.pass(100)
    expect(codes).toEqual([expect.arrayContaining(['WT-TIMEOUT-DEFAULT'])])
  })

  it('refuses a change that its listener cannot apply', async () => {
    const file = new VirtualFile(manifest(1))
    const refused: unknown[] = []
    follow(file, {
      onChange: () => {
        throw new Error('the pool is closed')
      },
      onRefused: ({ message, cause }) => refused.push(message, cause),
    })
    file.write(manifest(2))
    await file.pass(100)
    expect(refused).toEqual(['cannot take over watertight.yaml: the pool is closed', expect.any(Error)])
  })
})

describe('files in trouble', () => {
  it('reads in the middle of writing that never ends', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    for (let at = 0; at < 2_100; at += 50) {
      file.write(manifest(2))
      await file.pass(50)
    }
    expect(seen).toEqual(['attempts 2'])
  })

  it('waits for a file that an editor is replacing', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    await file.pass(100)
    file.write(missing())
    await file.pass(1_500)
    file.write(manifest(2), false)
    await file.pass(300)
    expect(seen).toEqual(['attempts 2'])
  })

  it('says once that a file stays away, and takes it over when it is back', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    file.write(missing())
    await file.pass(60_000)
    expect(seen).toEqual(['cannot read watertight.yaml: no such file'])
    file.write(manifest(2))
    await file.pass(100)
    expect(seen.slice(1)).toEqual(['attempts 2'])
  })

  it('looks by itself where the file system tells nothing', async () => {
    const file = new VirtualFile(manifest(1))
    file.unwatchable = true
    const { seen } = follow(file)
    await file.pass(4_000)
    file.write(manifest(2), false)
    await file.pass(2_000)
    expect(seen).toEqual(['attempts 2'])
    file.unwatchable = false
    await file.pass(5_000)
    expect(file.watchers).toBe(1)
    file.breakWatch()
    file.write(manifest(3), false)
    await file.pass(5_000)
    expect(seen).toEqual(['attempts 2', 'attempts 3'])
    expect(file.watchers).toBe(1)
  })

  it('says that a reading is overdue, starts no second one, and drops what it brings', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    await file.pass(100)
    file.hangs = true
    file.write(manifest(2))
    await file.pass(20_000)
    expect(seen).toEqual(['cannot read watertight.yaml: reading took longer than 2000 ms'])
    expect(file.reads).toBe(2)
    await file.resumeReading()
    await file.pass(200)
    expect(seen[1]).toBe('attempts 2')
    expect(file.reads).toBe(3)
  })

  it('reads again when the file changes while it is read', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen } = follow(file)
    await file.pass(100)
    file.hangs = true
    file.write(manifest(2))
    await file.pass(100)
    file.write(manifest(3))
    await file.pass(100)
    await file.resumeReading()
    file.write(manifest(4), false)
    await file.pass(100)
    expect(seen).toEqual(['attempts 3', 'attempts 4'])
  })
})

describe('the end of a watch', () => {
  it('leaves no timer and no watch, and calls nothing any more', async () => {
    const file = new VirtualFile(manifest(1))
    const { seen, watcher } = follow(file)
    file.write(manifest(2))
    await file.pass(50)
    watcher.close()
    await file.pass(60_000)
    expect(seen).toEqual([])
    expect([file.timers, file.watchers]).toEqual([0, 0])
  })

  it('drops a reading that comes back afterwards', async () => {
    const file = new VirtualFile(manifest(2))
    file.hangs = true
    const { seen, watcher } = follow(file)
    await file.pass(100)
    watcher.close()
    await file.resumeReading()
    await file.pass(60_000)
    expect(seen).toEqual([])
    expect(file.timers).toBe(0)
  })

  it('comes with an abort, also one from before', async () => {
    const file = new VirtualFile(manifest(2))
    const controller = new AbortController()
    const { seen } = follow(file, { signal: controller.signal })
    controller.abort()
    follow(file, { signal: controller.signal })
    await file.pass(60_000)
    expect(seen).toEqual([])
    expect([file.timers, file.watchers, file.reads]).toEqual([0, 0, 0])
  })

  it.each([{ debounceMs: 0 }, { deadlineMs: Number.NaN }, { pollMs: -1 }])('refuses %j', (options) => {
    expect(() => follow(new VirtualFile(''), options)).toThrow(
      /^cannot watch manifest: \w+ must be a number >= 1, got /,
    )
  })
})
