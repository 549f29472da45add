import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { inFolder, PROGRAM } from './run-process.js'

const text = (policy: string): string =>
  `watertight: v1\nsystem: s\npolicies: { p: { timeout: { total: 3s } } }\nservices: { a: { calls: { b: { policy: ${policy} } } }, b: {} }\n`

it(
  'check --watch tells what is found after each change, and ends with the last verdict',
  { timeout: 60_000 },
  async () => {
    await inFolder({ 'watertight.yaml': text('p') }, async (cwd) => {
      const child = spawn(process.execPath, [PROGRAM, 'check', '--watch'], { cwd })
      let told = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (part: string) => {
          told += part
        })
      }
      const ended = new Promise((resolve) => child.once('exit', resolve))
      const saw = async (words: string): Promise<void> => {
        await vi.waitFor(
          () => {
            expect(told).toContain(words)
          },
          { timeout: 25_000 },
        )
      }
      await saw('watching watertight.yaml')
      expect(told).toContain('no errors')
      writeFileSync(join(cwd, 'watertight.yaml'), text('q'))
      await saw('there is no policy q')
      child.kill('SIGINT')
      expect(await ended).toBe(1)
    })
  },
)
