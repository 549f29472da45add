import { expect, test } from 'vitest'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

test.each([
  ['--port', '70000'],
  ['--port', 'five'],
  ['--admin', '-1'],
])('a store is not served where %s is %s', async (option, value) => {
  await inFolder({}, async (cwd) => {
    expect(await watertightHere(['store', 'data', option, value], { cwd })).toMatchObject({
      code: 2,
      err: `error cannot serve a store: ${option} must be an integer from 0 to 65535, got ${value}\n`,
    })
  })
})

test('a store needs a folder', async () => {
  await inFolder({}, async (cwd) => {
    const { code, err } = await watertightHere(['store'], { cwd })
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('folder') as string })
  })
})
