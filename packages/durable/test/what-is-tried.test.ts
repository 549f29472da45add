import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const page = new URL('../docs/what-is-tried.md', import.meta.url)
const folders = [new URL('../src/', import.meta.url), new URL('./', import.meta.url)]

/** All that tests and contracts of this package say. */
function readTests(): string {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /(\.test|-contract)\.ts$/.test(file))
        .map((file) => readFileSync(new URL(file, folder), 'utf8')),
    )
    .join('\n')
}

test('what the page says is tried has a test of that title, and there are forty or more', () => {
  const titles = readFileSync(page, 'utf8')
    .split('\n')
    .map((line) => /^\|[^|]+\|([^|]+)\|$/.exec(line)?.[1]?.trim() ?? '')
    .filter((title) => title !== '' && title !== 'the test' && !/^-+$/.test(title))
  const tests = readTests()
  expect(titles.filter((title) => !tests.includes(`'${title}'`))).toEqual([])
  expect(new Set(titles).size).toBe(titles.length)
  expect(titles.length).toBeGreaterThanOrEqual(40)
})
