import { openSagaEngine } from '../../src/saga/index.js'
import type { Store } from '../../src/store/store.js'
import { atEach, type Run, type Struck } from '../servers/at-each.js'
import { MortalProcess, type Strike } from './mortal-process.js'
import { type Story, sagaStories } from './saga-stories.js'
import { Services } from './services.js'

const STORIES = ['refused', 'doubted', 'whole'] as const
export type StoryName = (typeof STORIES)[number]

/** Longer than any test: a worker that died keeps its sagas until its lease is taken away below. */
const timing = { leaseMs: 600_000, pollMs: 5 }

/** A worker is struck at one place, and another one goes on with what it has left behind; what is wrong in the end. */
async function struckAt(store: Store, name: StoryName, strike: Strike): Promise<Run> {
  const services = new Services()
  const mortal = new MortalProcess(strike)
  const run = `${strike.when}-${strike.what}-${strike.at}`
  const story = (effects: Parameters<typeof sagaStories>[0]): Story =>
    sagaStories(effects, run)[STORIES.indexOf(name)]!
  const doomed = story(mortal.effects(services))
  const { status, standing } = doomed
  const id = doomed.definition.name
  const first = liveThrough(mortal.store(store), doomed, mortal.death)
  await Promise.race([first, mortal.died])
  const wasStruck = mortal.death.aborted
  // A database gives the sagas of a dead worker to others when its lease has passed.
  if (wasStruck) await store.query('delete from watertight.saga_worker')
  const ended = wasStruck ? await liveThrough(store, story(services)) : await first
  const left = services.standing(id).toSorted().join()
  const expected = standing.map((step) => `${id}.${step}`).toSorted()
  const isRight = ended === status && left === expected.join()
  return { isStruck: wasStruck, wrong: isRight ? [] : [`${id} ended as ${ended} and left ${left}`] }
}

/** One life of a worker, until its saga has ended; undefined when it was struck. */
async function liveThrough(
  store: Store,
  { definition }: Story,
  signal: AbortSignal = new AbortController().signal,
): Promise<string | undefined> {
  const engine = await openSagaEngine({ store, sagas: [definition], ...timing })
  const { outcome } = await engine.start(definition, { id: definition.name, input: null })
  try {
    const { status } = await outcome({ signal })
    await engine.close()
    return status
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** Every place of one kind, in order, until a worker gets to its end alive. */
export async function strikeEverywhere(
  store: Store,
  name: StoryName,
  { when, what }: Omit<Strike, 'at'>,
): Promise<Struck> {
  return await atEach((at) => struckAt(store, name, { at, when, what }), { lanes: 1 })
}
