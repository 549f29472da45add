/**
 * The Huffman code of RFC 7541, appendix B. It is canonical: symbols of one length follow each other in the order of
 * their codes, and so do the lengths. So the symbols of each length say all. 256 stands for the end, which is never sent.
 */
const SYMBOLS: readonly (readonly [bits: number, coded: readonly number[]])[] = [
  [5, [48, 49, 50, 97, 99, 101, 105, 111, 115, 116]],
  [6, [32, 37, 45, 46, 47, ...all(51, 57), 61, 65, 95, 98, 100, 102, 103, 104, 108, 109, 110, 112, 114, 117]],
  [7, [58, ...all(66, 87), 89, 106, 107, 113, 118, 119, 120, 121, 122]],
  [8, [38, 42, 44, 59, 88, 90]],
  [10, [33, 34, 40, 41, 63]],
  [11, [39, 43, 124]],
  [12, [35, 62]],
  [13, [0, 36, 64, 91, 93, 126]],
  [14, [94, 125]],
  [15, [60, 96, 123]],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  // prettier-ignore
  [22, [
    129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170,
    173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233,
  ]],
  // prettier-ignore
  [23, [
    1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157,
    158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191, 197, 231, 239,
  ]],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, 221, 222, 223, 241, ...all(244, 248), 250, 251, 252, 253, 254]],
  [28, [...all(2, 8), 11, 12, ...all(14, 21), ...all(23, 31), 127, 220, 249]],
  [30, [10, 13, 22, 256]],
]

const END = 256

/** What half an octet leads to from a node: the node, the symbol that it completes or -1, and whether a text may end there. */
export interface HuffmanSteps {
  readonly next: Int16Array
  readonly symbol: Int16Array
  readonly mayEnd: Uint8Array
}

/** One row of sixteen for each inner node of the tree; the first is the root. A step that leads nowhere is -1. */
export function huffmanSteps(): HuffmanSteps {
  const tree = buildTree()
  const count = tree.length
  const steps = {
    next: new Int16Array(count * 16).fill(-1),
    symbol: new Int16Array(count * 16).fill(-1),
    mayEnd: new Uint8Array(count),
  }
  for (let node = 0; node < count; node++) {
    for (let half = 0; half < 16; half++) takeHalf(tree, steps, node, half)
  }
  // Less than an octet of ones, the beginning of the end's code, fills up the last octet (section 5.2).
  for (let node = 0, ones = 0; ones < 8; ones++, node = tree[node]![1]!) steps.mayEnd[node] = 1
  return steps
}

/** Two branches of each inner node: another one, or the symbol n as -1 - n. */
function buildTree(): [number, number][] {
  const tree: [number, number][] = [[0, 0]]
  let code = 0
  let length = 0
  for (const [bits, coded] of SYMBOLS) {
    code *= 2 ** (bits - length)
    length = bits
    for (const symbol of coded) {
      let node = 0
      for (let bit = bits - 1; bit > 0; bit--) node = branch(tree, node, (code >>> bit) & 1)
      tree[node]![code & 1] = -1 - symbol
      code += 1
    }
  }
  return tree
}

function branch(tree: [number, number][], node: number, bit: number): number {
  if (tree[node]![bit] === 0) tree[node]![bit] = tree.push([0, 0]) - 1
  return tree[node]![bit]!
}

/** No code is shorter than five bits, so that half an octet completes one symbol at most. */
function takeHalf(
  tree: [number, number][],
  { next, symbol }: HuffmanSteps,
  from: number,
  half: number,
): void {
  const at = from * 16 + half
  let node = from
  for (let bit = 3; bit >= 0; bit--) {
    node = tree[node]![(half >>> bit) & 1]!
    if (node >= 0) continue
    if (node === -1 - END) return
    symbol[at] = -1 - node
    node = 0
  }
  next[at] = node
}

function all(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
