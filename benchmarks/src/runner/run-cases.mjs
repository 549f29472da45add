import { summarise } from './arithmetic.mjs'
import { awaitLoop, countBytes } from './count-bytes.mjs'
import { timeCases } from './time-cases.mjs'

/**
 * Times the cases, then counts their bytes (by then all code is optimised), and closes them.
 * @param {readonly import('./time-cases.mjs').Case[]} cases one of them named `bare`
 * @param {{ seconds: number }} options
 */
export async function runCases(cases, { seconds }) {
  const nsRounds = await timeCases(cases, { seconds })
  await awaitLoop(100_000)
  const awaitBytes = await countBytes(awaitLoop)
  const measurements = []
  for (const [index, { name, loop }] of cases.entries()) {
    measurements.push({ name, nsRounds: nsRounds[index], grossBytes: await countBytes(loop) })
  }
  for (const { close } of cases) close?.()
  return { rows: summarise(measurements, awaitBytes), awaitBytes, rounds: nsRounds[0].length }
}
