import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, openSagaEngine, openStore } from '@watertight/durable'
import { atEach, type Run, type Struck } from '../servers/at-each.js'
import type { PreparedFolder } from '../servers/prepared-folder.js'
import { workerSagas } from './worker-sagas.mjs'

const program = fileURLToPath(new URL('saga-worker.mjs', import.meta.url))
const leaseMs = 400
const pollMs = 20
const runMsMax = 60_000

export type SagaName = 'eventful' | 'flaky' | 'whole'

/** What must stand when each of these sagas has ended, wherever its worker died on the way. */
const expected: Readonly<Record<SagaName, { status: string; standing: readonly string[] }>> = {
  eventful: { status: 'compensated', standing: [] },
  flaky: { status: 'compensated', standing: [] },
  whole: { status: 'done', standing: ['reserve', 'parcel.pack', 'parcel.send', 'ship'] },
}

/** One in a folder is copied for each worker, and gone with it; a server keeps what others have left. */
export type Database = { readonly url: string } | { readonly folder: PreparedFolder }

interface WorkerSettings {
  readonly url: string
  readonly effects: string
  readonly sagas: readonly [{ readonly id: string; readonly name: SagaName }]
}

interface Ended {
  readonly status: string | undefined
  readonly signal: string | null
}

/** Runs a worker in a process of its own until its saga has ended, or until it kills itself. */
async function runWorker(settings: WorkerSettings & { readonly dieAt: string }): Promise<Ended> {
  const child = fork(program, [JSON.stringify({ ...settings, leaseMs, pollMs })])
  let status: string | undefined
  child.on('message', (message: { outcomes?: { status: string }[] }) => {
    status ??= message.outcomes?.[0]?.status
  })
  const timer = setTimeout(() => child.kill('SIGTERM'), runMsMax)
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  clearTimeout(timer)
  return { status, signal }
}

/**
 * What a worker that died has left is taken up by one in this process, which nobody kills: to start another process takes
 * more than all that it would do.
 */
async function goOn({ url, effects, sagas: [left] }: WorkerSettings): Promise<string> {
  const store = openStore(url, { connectionsMax: 4 })
  try {
    await migrate(store)
    const known = workerSagas({ effects, effect: (line) => appendFileSync(effects, `${line}\n`) })
    const engine = await openSagaEngine({ store, sagas: Object.values(known), leaseMs, pollMs })
    try {
      const { outcome } = await engine.start(known[left.name], { id: left.id, input: { order: left.id } })
      return (await outcome({ signal: AbortSignal.timeout(runMsMax) })).status
    } finally {
      await engine.close()
    }
  } finally {
    await store.close()
  }
}

/** What is wrong after a worker was killed at one place and another one has gone on. */
async function killedAt(database: Database, name: SagaName, dieAt: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-sagas-'))
  const effects = join(folder, 'effects')
  writeFileSync(effects, '')
  const id = `${name}-${dieAt.replaceAll(' ', '-')}`
  const copy = 'folder' in database ? database.folder.copy() : { url: database.url, remove: () => {} }
  const settings: WorkerSettings = {
    url: copy.url,
    effects,
    sagas: [{ id, name }],
  }
  try {
    const first = await runWorker({ ...settings, dieAt })
    const wasKilled = first.signal === 'SIGKILL'
    const ended = wasKilled ? await goOn(settings).catch(String) : (first.status ?? first.signal)
    const { status, standing } = expected[name]
    const found = standingOf(readFileSync(effects, 'utf8'), id)
    const wrong = [
      ...(ended === status ? [] : [`${id} ended as ${ended}`]),
      ...(found.join() === [...standing].toSorted().join() ? [] : [`${id} left ${found.join()}`]),
    ]
    return { isStruck: wasKilled, wrong }
  } finally {
    copy.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The steps whose effect stands: once for each key, and never after it was undone. */
function standingOf(lines: string, id: string): string[] {
  const standing = new Set<string>()
  const undone = new Set<string>()
  for (const line of lines.split('\n')) {
    const [what, key = ''] = line.split(' ')
    if (what === 'undo') undone.add(key)
    if (what === 'do') standing.add(key)
  }
  return [...standing]
    .filter((key) => !undone.has(key))
    .map((key) => key.slice(id.length + 1))
    .toSorted()
}

/** Every place of one kind, in order, until the worker gets to its end alive; or one in so many, from the first one on. */
export async function killEverywhere(
  database: Database,
  name: SagaName,
  place: string,
  oneIn: number = 1,
  first: number = 1,
): Promise<Struck> {
  return await atEach((at) => killedAt(database, name, `${place} ${at}`), { first, oneIn, lanes: 1 })
}
