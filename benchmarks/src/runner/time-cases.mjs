import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * One case: `loop` makes that many calls, awaiting each. Every case writes its own loop, so that the engine
 * specialises it as it would in a user's code and no case pays for the shape of another.
 * @typedef {{ name: string, loop: (calls: number) => Promise<void>, close?: () => void }} Case
 */

const warmUpPasses = 4
const sliceMsMin = 10
const roundsMin = 5
const roundsMax = 31

/** Nanoseconds per call of one slice that starts with an empty new space and an event loop that has caught up. */
async function timeSlice(loop, calls) {
  await nextTurn()
  globalThis.gc({ type: 'minor' })
  const startedAt = performance.now()
  await loop(calls)
  return ((performance.now() - startedAt) * 1e6) / calls
}

/**
 * Warms every case before any is measured: shared code meets all the shapes it will meet, so the first case
 * measured has no advantage. Returns how many calls of each fill a slice.
 */
async function warmUp(cases, sliceMs) {
  const calls = cases.map(() => 1_000)
  for (let pass = 0; pass < warmUpPasses; pass += 1) {
    for (const [index, { loop }] of cases.entries()) {
      const nsPerCall = await timeSlice(loop, calls[index])
      calls[index] = Math.max(100, Math.round((sliceMs * 1e6) / nsPerCall))
    }
  }
  return calls
}

/**
 * Times the cases in interleaved rounds: each round gives every case one slice, and starts with another case than
 * the round before, so that drift of the machine and leftovers of a neighbour fall on all alike.
 * @param {readonly Case[]} cases
 * @param {{ seconds: number }} options time to spend on all of it, warm-up included
 * @returns {Promise<number[][]>} per case, nanoseconds per call in each round
 */
export async function timeCases(cases, { seconds }) {
  const slices = Math.floor((seconds * 1_000) / sliceMsMin / cases.length) - warmUpPasses
  const rounds = Math.min(roundsMax, Math.max(roundsMin, slices))
  const sliceMs = (seconds * 1_000) / cases.length / (rounds + warmUpPasses)
  const calls = await warmUp(cases, sliceMs)
  const nsRounds = cases.map(() => [])
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < cases.length; turn += 1) {
      const index = (round + turn) % cases.length
      nsRounds[index].push(await timeSlice(cases[index].loop, calls[index]))
    }
  }
  return nsRounds
}
