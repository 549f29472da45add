import { expect, test } from 'vitest'
import { untilNotRefused } from './until-not-refused.js'

/** Fails with these codes in turn, then answers with how often it was asked. */
function failing(...codes: readonly string[]) {
  const asked: number[] = []
  const attempt = async (leftMs: number): Promise<number> => {
    asked.push(leftMs)
    const code = codes[asked.length - 1]
    if (code !== undefined) throw Object.assign(new Error(code), { code })
    return asked.length
  }
  return { attempt, asked }
}

const many = (code: string): string[] => Array.from({ length: 100 }, () => code)

test('what was refused for its timing is done again, with what is left of its time', async () => {
  const { attempt, asked } = failing('40001', '40P01', '40001')
  expect(await untilNotRefused(60_000, attempt)).toBe(4)
  expect(asked[0]).toBe(60_000)
  expect(asked.toSorted((one, other) => other - one)).toEqual(asked)
})

test('whatever else fails is done once', async () => {
  const { attempt, asked } = failing('23505')
  await expect(untilNotRefused(60_000, attempt)).rejects.toMatchObject({ code: '23505' })
  expect(asked).toHaveLength(1)
})

test('what is refused for ever ends: after so many tries, or when its time is over', async () => {
  const patient = failing(...many('40001'))
  await expect(untilNotRefused(60_000, patient.attempt)).rejects.toMatchObject({ code: '40001' })
  expect(patient.asked).toHaveLength(20)
  const hasty = failing(...many('40001'))
  await expect(untilNotRefused(10, hasty.attempt)).rejects.toMatchObject({ code: '40001' })
  expect(hasty.asked.length).toBeLessThan(20)
})
