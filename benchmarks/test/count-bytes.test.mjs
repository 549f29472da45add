import assert from 'node:assert/strict'
import { test } from 'node:test'
import { awaitLoop, countBytes } from '../src/runner/count-bytes.mjs'

const kept = { latest: undefined }
const small = Array.from({ length: 100 }, (_, index) => index)
const large = Array.from({ length: 2_500 }, (_, index) => index)
const emptyLoop = async () => {}
const allocatingLoop = async (calls) => {
  for (let call = 0; call < calls; call += 1) kept.latest = small.slice()
}
const hungryLoop = async (calls) => {
  for (let call = 0; call < calls; call += 1) kept.latest = large.slice()
}

test('a loop that allocates nothing counts next to nothing', async () => {
  assert.ok((await countBytes(emptyLoop)) < 4)
})

test('an array of 100 elements of 8 bytes counts as that, and its header', async () => {
  const bytes = await countBytes(allocatingLoop)
  assert.ok(bytes >= 800 && bytes <= 900, `${bytes} B`)
})

test('what a collection would falsify is measured again with fewer calls', async () => {
  // 4,000 such arrays do not fit in the new space. Pages are not filled to the last byte: up to a tenth more.
  const bytes = await countBytes(hungryLoop)
  assert.ok(bytes >= 20_000 && bytes <= 22_000, `${bytes} B`)
})

test('the await of a settled promise allocates, so there is something to deduct', async () => {
  await awaitLoop(10_000)
  const bytes = await countBytes(awaitLoop)
  assert.ok(bytes > 50 && bytes < 1_000, `${bytes} B`)
})
