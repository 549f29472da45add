import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { seededRandom } from '@watertight/policy/testing'
import type { Store } from '../../src/store/store.js'

const program = fileURLToPath(new URL('publish-and-consume.mjs', import.meta.url))

export interface Crash {
  readonly at: number
  readonly when: 'before' | 'after'
  readonly how: 'kill' | 'drop'
}

interface Ended {
  readonly statements: number
  readonly ordered: readonly number[]
  readonly handled: readonly number[]
}

/** As before the first life of the service. */
export async function forgetEverything(store: Store): Promise<void> {
  await store.query('drop schema if exists watertight cascade')
  await store.query('drop schema if exists effects cascade')
}

/** One life of the service; undefined when it was ended from within. */
export async function live(url: string, crash?: Crash): Promise<Ended | undefined> {
  const child = spawn(process.execPath, [program, JSON.stringify({ url, crash })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  if (signal === 'SIGKILL' && crash !== undefined) return undefined
  if (code !== 0) throw new Error(`the service ended with ${code ?? signal}:\n${errors}`)
  return JSON.parse(output) as Ended
}

/** After a crash and as many lives as it takes, every order has its effect once, those of a key in their order. */
export async function expectOnce(url: string, crash: Crash): Promise<void> {
  const first = await live(url, crash)
  const { ordered, handled } = first ?? (await live(url)) ?? { ordered: [], handled: [] }
  const story = `${crash.how} ${crash.when} statement ${crash.at}`
  const all = [0, 1, 2, 3, 4, 5]
  const seen = { story, ordered: ordered.toSorted(ascending), handled: handled.toSorted(ascending) }
  expect(seen).toEqual({ story, ordered: all, handled: all })
  for (const key of [0, 1]) {
    const names = handled.filter((name) => name % 2 === key)
    expect({ story, names }).toEqual({ story, names: names.toSorted(ascending) })
  }
}

const ascending = (one: number, other: number): number => one - other

/** Some of all crash points, drawn by a seed that a failure names. */
export function sampledCrashes(statements: number, count: number, hows: readonly Crash['how'][]): Crash[] {
  const seed = Number(process.env['WATERTIGHT_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  console.log(`crash points by WATERTIGHT_SEED=${seed}`)
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => ({
    at: 1 + Math.floor(random() * statements),
    when: random() < 0.5 ? 'before' : 'after',
    how: hows[Math.floor(random() * hows.length)] ?? 'kill',
  }))
}

export function allCrashes(statements: number, hows: readonly Crash['how'][]): Crash[] {
  return Array.from({ length: statements }, (_, index) =>
    hows.flatMap((how): Crash[] => [
      { at: index + 1, when: 'before', how },
      { at: index + 1, when: 'after', how },
    ]),
  ).flat()
}
