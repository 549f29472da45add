import { expect, test } from 'vitest'
import { ProcessorUse, usedMsIn } from './processor-use.js'

/** The use of each second, one after the other; whether it is busy after each. */
function after(...shares: readonly number[]): boolean[] {
  const use = new ProcessorUse()
  let usedMs = 0
  use.look(usedMs, 0)
  return shares.map((share, index) => {
    usedMs += share * 1_000
    use.look(usedMs, (index + 1) * 1_000)
    return use.isBusy
  })
}

test('a server is busy once two looks in a row show more than nine tenths of a core, and calm once two show less than seven', () => {
  expect(after(0.95, 0.5, 0.95, 0.95, 0.8, 0.5, 0.95, 0.5, 0.6)).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
    true,
    true,
    false,
  ])
  expect(after(0.9, 0.9, 0.9)).toEqual([false, false, false])
})

test('one that was started anew has used less than before, which says nothing', () => {
  const use = new ProcessorUse()
  for (const [usedMs, atMs] of [
    [9_000, 0],
    [9_950, 1_000],
    [10, 2_000],
    [960, 3_000],
  ] as const)
    use.look(usedMs, atMs)
  expect(use.isBusy).toBe(true)
})

test('Redis says what its main thread has used', () => {
  const info =
    '# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_sys_main_thread:0.250\r\nused_cpu_user_main_thread:1.750\r\n'
  expect(usedMsIn(info)).toBe(2_000)
  expect(usedMsIn('# CPU\r\nused_cpu_sys:1.5\r\n')).toBeUndefined()
})
