/**
 * The value that stands between these places, without the spaces and tabs around it. Not by `trim`, which takes more for
 * whitespace, as the last octet of an `à` in UTF-8.
 */
export function fieldValue(text: string, start: number, end: number): string {
  let [first, last] = [start, end]
  while (first < last && isSpace(text.charCodeAt(first))) first += 1
  while (last > first && isSpace(text.charCodeAt(last - 1))) last -= 1
  return text.slice(first, last)
}

function isSpace(octet: number): boolean {
  return octet === SPACE || octet === TAB
}

const SPACE = 32
const TAB = 9
