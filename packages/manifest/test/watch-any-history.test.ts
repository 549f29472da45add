import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManifestWatcher } from '../src/watch/manifest-watcher.js'
import { missing, VirtualFile } from './virtual-file.js'

type Step =
  | { readonly kind: 'write'; readonly system: string; readonly tell: boolean }
  | { readonly kind: 'break' | 'remove' | 'hang' | 'resume' | 'lose-watch' }
  | { readonly kind: 'pass'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    system: fc.constantFrom('a', 'b', 'c'),
    tell: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('break', 'remove', 'hang', 'resume', 'lose-watch') }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 50, 100, 1_000, 6_000) }),
)

function manifest(system: string): string {
  return `watertight: v1\nsystem: ${system}\nservices: { order: {} }\n`
}

async function take(file: VirtualFile, action: Step): Promise<void> {
  if (action.kind === 'write') file.write(manifest(action.system), action.tell)
  else if (action.kind === 'pass') await file.pass(action.ms)
  else if (action.kind === 'break') file.write('watertight: v1\nsystem: 1\n')
  else if (action.kind === 'remove') file.write(missing())
  else if (action.kind === 'hang') file.hangs = true
  else if (action.kind === 'resume') await file.resumeReading()
  else if (file.watchers > 0) file.breakWatch()
}

it('ends with what the file says in the end, whatever happened before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.constantFrom('a', 'z'), async (steps, last) => {
      const file = new VirtualFile(manifest('a'))
      const taken = ['a']
      const watcher = new ManifestWatcher(
        'watertight.yaml',
        { text: manifest('a'), onChange: (model) => taken.push(model.name), onRefused: () => undefined },
        file.ports,
      )
      watcher.start()
      for (const action of steps) {
        await take(file, action)
        expect(file.timers).toBeLessThanOrEqual(3)
        expect(file.readingsAtOnce).toBeLessThanOrEqual(1)
      }
      await file.resumeReading()
      file.write(manifest(last), false)
      await file.pass(20_000)
      expect(taken.at(-1)).toBe(last)
      // No change is handed on twice in a row.
      expect(taken.filter((name, index) => name === taken[index - 1])).toEqual([])
      watcher.close()
      expect([file.timers, file.watchers]).toEqual([0, 0])
    }),
    { numRuns: 500 },
  )
})
