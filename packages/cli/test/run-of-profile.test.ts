import { expect, it } from 'vitest'
import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

it.each(['top', 'status'])(
  '%s is told of a run by its profiles, whose folder is its own',
  async (command) => {
    await inFolder({ 'watertight.yaml': 'watertight: v1\nsystem: shop\n' }, async (cwd) => {
      const { code, err } = await watertightHere([command, '--profile', 'engines,temporal'], { cwd })
      expect([code, err]).toEqual([
        4,
        expect.stringContaining('nothing runs in .watertight-engines+temporal'),
      ])
    })
  },
)
