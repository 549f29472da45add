import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { IMPORT_FORMATS } from '../src/formats.js'
import { exampleOf, importText } from './examples.js'

/** `  attempts: 3 # mesh.yaml:12 attempts; and the first try` */
const claims = /^\s*(?:- )?([\w-]+|"[^"]+"):(.*?) # (?:.*\s)?([\w-]+\.ya?ml):(\d+) ([\w./-]+)/

/** Comments name a line and a key: that line of the source must hold that key, or that value. */
it.each(IMPORT_FORMATS)('each comment of an import from %s is true of the line that it names', (format) => {
  const { text, file } = exampleOf(format)
  const lines = text.split('\n')
  const { manifest } = importText(format, text, file)
  const values = manifest.slice(0, manifest.indexOf('\n# Not in this manifest')).split('\n')
  const found = values.flatMap((line) => {
    const [, key = '', value = '', where = '', number = '', claimed = ''] = claims.exec(line) ?? []
    return key === ''
      ? []
      : [{ key, value: value.trim(), where, source: lines[Number(number) - 1] ?? '', claimed }]
  })
  expect(found.length).toBeGreaterThan(5)
  for (const { where, source, claimed } of found) {
    expect(where).toBe(file)
    // What follows the place is the key of that line, or the value that stands on it, or words about a whole item.
    const says = source.includes(claimed) || /^(every|backendRefs|uses|TIME_BASED)/.test(claimed)
    expect({ claimed, source: says ? claimed : source }).toEqual({ claimed, source: claimed })
  }
})

/** A number that is copied, and not converted, is the number of the source. */
it.each(IMPORT_FORMATS)('values of %s that are said to be copied are those of the source', (format) => {
  const { text, file } = exampleOf(format)
  const lines = text.split('\n')
  const { manifest } = importText(format, text, file)
  const copied =
    /^\s*(?:concurrency|openFor|failureRate|queue|connect|baseEjection|interval): (\S+) # [\w-]+\.ya?ml:(\d+) \w+$/
  const pairs = manifest.split('\n').flatMap((line) => {
    const [, value = '', number = ''] = copied.exec(line) ?? []
    return value === '' ? [] : [{ value: value.replace(/%$/, ''), source: lines[Number(number) - 1] ?? '' }]
  })
  for (const { value, source } of pairs) expect(digits(source)).toContain(digits(value)[0])
  expect(parseAllDocuments(manifest)).toHaveLength(1)
})

/** Durations in milliseconds, other numbers as they are. */
function digits(text: string): number[] {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
  const iso = /PT(\d+)S/.exec(text)
  if (iso !== null) return [Number(iso[1]) * 1_000]
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)?\b/g)].map(
    ([, number = '', unit = '']) => Number(number) * (units[unit] ?? 1),
  )
}
