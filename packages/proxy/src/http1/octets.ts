/** May stand in a token: methods, header names (RFC 9110, section 5.6.2). */
export const TOKEN = 1
/** May stand in a request target: what RFC 3986 allows, and `[ ] { } | ^` and a backquote, which browsers send raw. */
export const TARGET = 2
/** May stand in a header's value: visible characters, space, tab, and bytes from 0x80 on (RFC 9110, section 5.5). */
export const FIELD = 4
export const HEX = 8
/** May stand in the name of a host: RFC 3986, section 3.2.2, without the brackets of an IP literal. */
export const HOST = 16

export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COLON = 58

/** Which of the classes above each octet belongs to: one look-up a byte. */
export const octetClass: Uint8Array = new Uint8Array(256)

function mark(bit: number, characters: string): void {
  for (const character of characters) octetClass[character.charCodeAt(0)]! |= bit
}

const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

mark(TOKEN, `${DIGITS}${LETTERS}!#$%&'*+-.^_\`|~`)
mark(TARGET, `${DIGITS}${LETTERS}-._~:/?@!$&'()*+,;=%[]{}|^\``)
mark(HEX, `${DIGITS}ABCDEFabcdef`)
mark(HOST, `${DIGITS}${LETTERS}-._~!$&'()*+,;=%`)
for (let octet = 0; octet < 256; octet++) {
  if (octet === TAB || (octet >= SPACE && octet !== 0x7f)) octetClass[octet]! |= FIELD
}

/** The value of a hexadecimal digit. */
export function hexValue(octet: number): number {
  return octet <= 57 ? octet - 48 : (octet | 0x20) - 87
}
