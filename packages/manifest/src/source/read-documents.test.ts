import { expect, it } from 'vitest'
import { readYamlDocuments } from './read-documents.js'

function complaints(text: string): string[] {
  return readYamlDocuments(text, 'in.yaml').problems.map(({ code, message }) => `${code} ${message}`)
}

it('reads each document with positions in the whole text', () => {
  const { source, documents, problems } = readYamlDocuments(
    'a: 1\n---\n# nothing\n---\nb: [2, 3]\n',
    'in.yaml',
  )
  expect(problems).toEqual([])
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: [2, 3] }])
  const second = documents[1]?.entries?.get('b')?.node.items?.[1]
  expect(source.position(second?.start ?? 0)).toEqual({ line: 5, column: 8 })
})

it('knows no anchor of another document', () => {
  expect(complaints('a: &x 1\n---\nb: *x\n')).toEqual([expect.stringContaining('WT-DOC-ALIAS')])
})

it('counts what aliases repeat over all documents', () => {
  const bomb = `a: &a [${'x, '.repeat(100)}]\nb: [${'*a, '.repeat(60)}]\n`
  expect(complaints(bomb)).toEqual([])
  expect(complaints(Array.from({ length: 5 }, () => bomb).join('---\n'))).toEqual([
    expect.stringContaining('aliases may repeat at most 20000 values'),
  ])
})

it.each([
  ['a text that is too large', 'x'.repeat(3_000_000), 'at most 2 MiB are allowed, got 2.9 MiB'],
  ['too many documents', '---\na: 1\n'.repeat(1_001), 'at most 1000 documents are allowed, got 1001'],
  ['nesting without end', '['.repeat(1_000), 'at most 64 levels of nesting are allowed'],
  ['a broken document after a good one', 'a: 1\n---\nb: "\n', 'Missing closing "quote'],
])('refuses %s', (_name, text, message) => {
  expect(complaints(text)[0]).toContain(message)
})
