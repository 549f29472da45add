import { huffmanSteps } from './huffman-steps.js'

const { next, symbol, mayEnd } = huffmanSteps()

/**
 * The text of these bytes, one character a byte; undefined when they are none in this code. `scratch` must have room for
 * eight characters for each five bytes. Half an octet a step, as nghttp2 and others do it.
 */
export function huffmanText(bytes: Buffer, start: number, end: number, scratch: Buffer): string | undefined {
  let node = 0
  let length = 0
  for (let at = start; at < end; at++) {
    const octet = bytes[at]!
    let step = node * 16 + (octet >>> 4)
    if (symbol[step]! >= 0) scratch[length++] = symbol[step]!
    node = next[step]!
    if (node < 0) return undefined
    step = node * 16 + (octet & 15)
    if (symbol[step]! >= 0) scratch[length++] = symbol[step]!
    node = next[step]!
    if (node < 0) return undefined
  }
  return mayEnd[node] === 1 ? scratch.toString('latin1', 0, length) : undefined
}
