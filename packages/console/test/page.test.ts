import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const PAGE = fileURLToPath(new URL('../dist/page', import.meta.url))

test('the page is at most 150 kB by gzip, with all that it loads', () => {
  const files = readdirSync(PAGE).filter((name) => name !== 'licences.txt')
  expect(files.sort()).toEqual(['graph-worker.js', 'index.html', 'page.css', 'page.js'])
  const bytes = files.map((name) => gzipSync(readFileSync(join(PAGE, name))).length)
  expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(150_000)
})
