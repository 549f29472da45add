import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const page = readFileSync(new URL('../../../../docs/life-of-a-call.md', import.meta.url), 'utf8')
const program = fileURLToPath(new URL('./warm-call.mjs', import.meta.url))

/** The rooms that the page names; a name without a folder is beside the one before it. */
function named(): ReadonlySet<string> {
  const rooms = new Set<string>()
  for (const [line] of page.matchAll(/^\| `.*$/gm)) {
    let folder = ''
    for (const [, name] of line.split('|')[1]!.matchAll(/`([^`]+)`/g)) {
      if (name!.includes('/')) folder = name!.slice(0, name!.lastIndexOf('/') + 1)
      rooms.add(name!.includes('/') ? name! : folder + name!)
    }
  }
  return rooms
}

/** Entered by a timer, in the middle of whichever call it is that is under way then. */
const nowAndThen = 'policy/clock/slack'

it('a warm call enters the rooms that the page names, and no other', { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 50_000 })
  const entered = JSON.parse(stdout) as { files: readonly string[]; functions: number }
  const { functions } = entered
  const files = entered.files.filter((file) => file !== nowAndThen)
  expect(files.length).toBeGreaterThan(30)
  const rooms = named()
  expect(files.filter((file) => !rooms.has(file))).toEqual([])
  expect([...rooms].filter((room) => !files.includes(room))).toEqual([])
  // Longer by a timer's own functions, where a time limit passes in the middle of it.
  expect([files.length <= 45, functions <= 170]).toEqual([true, true])
})
