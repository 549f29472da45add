import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainLine } from './plain-line.js'

const COLOURS = new RegExp(String.raw`${'\u001b'}\[[\d;:]*m`, 'g')

test.each([
  ['a line without any', 'listening on 80\tnow', 'listening on 80\tnow'],
  [
    'colours that end',
    '\u001b[31mred\u001b[39m and \u001b[1mbold\u001b[0m',
    '\u001b[31mred\u001b[39m and \u001b[1mbold\u001b[0m',
  ],
  ['a colour that would run on into the lines of others', '\u001b[31mred', '\u001b[31mred\u001b[0m'],
  ['clearing the screen, and the cursor', '\u001b[2J\u001b[H\u001b[3Aready\u001b[K\u001b[?25l', 'ready'],
  [
    'the title of the window, a link, the clipboard',
    '\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b\u001b]52;c;aGk=\u0007c',
    'abc',
  ],
  ['a full reset of the terminal', '\u001bcready', 'ready'],
  ['a bell, a null, a form feed', 'a\u0007b\u0000c\u000cd\r', 'abcd'],
  ['eight-bit controls', 'a\u009b2Jb', 'a2Jb'],
])('%s', (_name, line, plain) => {
  expect(plainLine(line)).toBe(plain)
})

test('whatever a program writes, nothing but colours is left that a terminal would obey', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary-ascii' }),
    fc.constantFrom(
      '\u001b',
      '\u001b[',
      '\u001b]',
      '31m',
      '2J',
      '\u0007',
      '\u001b\\',
      '\u009b',
      ';',
      'm',
      '\r',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const plain = plainLine(pieces.join(''))
      const withoutColours = plain.replaceAll(COLOURS, '')
      expect(withoutColours).not.toMatch(/[^\P{Cc}\t]/u)
      expect(stripVTControlCharacters(withoutColours)).toBe(withoutColours)
    }),
  )
})
