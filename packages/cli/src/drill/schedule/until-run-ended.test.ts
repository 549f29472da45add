import { expect, test } from 'vitest'
import { untilRunEnded } from './until-run-ended.js'

interface Scene {
  readonly looks: number
  readonly asked: number
}

/** What is looked at until nobody waits any longer: of each look, whether the process is there and the run answers. */
async function watched(
  runs: (look: number) => { readonly isAlive: boolean; readonly answers: boolean },
): Promise<Scene> {
  const waiting = new AbortController()
  let looks = 0
  let asked = 0
  const run = {
    get isAlive() {
      return runs(looks).isAlive
    },
  }
  await untilRunEnded({
    run,
    find: async () => {
      asked += 1
      return runs(looks).answers ? run : undefined
    },
    pause: async () => {
      looks += 1
      if (looks === 1_000) waiting.abort()
    },
    signal: waiting.signal,
  })
  return { looks, asked }
}

test('a run that was killed has ended at the next look, which does not wait for it to miss questions', async () => {
  expect(await watched((look) => ({ isAlive: look < 3, answers: look < 3 }))).toEqual({ looks: 3, asked: 1 })
})

test('one that is too busy to answer still runs, for five questions, and so does another that has taken its place', async () => {
  const busy = (look: number) => ({ isAlive: true, answers: look < 100 || look % 50 === 0 })
  expect(await watched(busy)).toEqual({ looks: 1_000, asked: 99 })
  expect(await watched(() => ({ isAlive: true, answers: false }))).toEqual({ looks: 50, asked: 5 })
  expect((await watched((look) => ({ isAlive: look !== 7, answers: true }))).looks).toBe(1_000)
})
