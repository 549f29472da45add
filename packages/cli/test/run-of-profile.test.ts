import { expect, it } from 'vitest'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

/** What the second profile adds, the document has not. */
const FILES = {
  'watertight.yaml': 'watertight: v1\nsystem: shop\nservices: { order: {} }\n',
  'watertight.engines.yaml': 'stores: { main: postgres }\n',
  'watertight.embedded.yaml': 'stores: { main: embedded }\n',
  'watertight.temporal.yaml': 'drills: { slow: { every: 30d, story: It is slow, target: order } }\n',
}
const PROFILE = ['--profile', 'engines,temporal']

it.each([
  ['top'],
  ['status'],
  ['logs'],
  ['restart', 'order'],
  ['stop'],
  ['tap', 'order'],
  ['drill', 'slow'],
  ['drill', '--by-schedule'],
])('%s is told of a run by its profiles, whose folder is its own', async (...command) => {
  await inFolder(FILES, async (cwd) => {
    const { code, err } = await watertightHere([...command, ...PROFILE], { cwd })
    expect([code, err]).toEqual([4, expect.stringContaining('nothing runs in .watertight-engines+temporal')])
  })
})

it('tells the drills and looks for the stores that profiles have', async () => {
  await inFolder(FILES, async (cwd) => {
    const list = await watertightHere(['drill', ...PROFILE], { cwd })
    expect([list.code, list.out]).toEqual([0, expect.stringMatching(/^slow +30d +- +not scheduled yet/m)])
    expect((await watertightHere(['drill'], { cwd })).out).toBe('the document has no drills\n')
    const none = await watertightHere(['drill', 'slow'], { cwd })
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringContaining('the document has no drills\n  watertight drill --help'),
    ])
    const lag = await watertightHere(['events', 'lag', ...PROFILE], { cwd })
    expect(lag.err).toContain('store main has no address')
    expect((await watertightHere(['events', 'lag'], { cwd })).err).toContain('names no store')
    const embedded = ['events', 'lag', '--profile', 'embedded', '--folder', 'elsewhere']
    expect((await watertightHere(embedded, { cwd })).err).toContain('elsewhere/stores/main')
  })
})

it.each([['drill', 'slow'], ['console'], ['events', 'lag'], ['top']])(
  '%s says of a misspelt profile which ones there are',
  async (...command) => {
    await inFolder(FILES, async (cwd) => {
      const { code, err } = await watertightHere([...command, '--profile', 'enginse'], { cwd })
      expect([code, err]).toEqual([2, expect.stringContaining('did you mean engines?')])
    })
  },
)
