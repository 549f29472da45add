import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GOOD_MANIFEST } from './manifests.js'
import { inFolder, watertight } from './run-process.js'
import { watertightHere } from './watertight-here.js'

const FILES = { 'watertight.yaml': GOOD_MANIFEST }

describe('watertight certs', () => {
  it('makes an authority and a certificate for every service of the document', async () => {
    await inFolder(FILES, async (cwd) => {
      const made = await watertight(['certs', 'init'], { cwd })
      expect(made).toMatchObject({ code: 0, err: '' })
      expect(made.out).toMatch(/^issued certs\/order +spiffe:\/\/\w+\/order +until \d{4}-\d\d-\d\d$/m)
      expect(await readFile(join(cwd, 'certs/order/certificate.pem'), 'utf8')).toContain('BEGIN CERTIFICATE')
      const listed = await watertight(['certs', 'list', '--json'], { cwd })
      const { holds } = JSON.parse(listed.out) as { holds: readonly { service: string; trusted: boolean }[] }
      expect(holds.map(({ service }) => service)).toContain('payment')
      expect(holds.every(({ trusted }) => trusted)).toBe(true)
    })
  })

  it('rotates what is named or nears its end, and a second authority cuts nobody off', async () => {
    await inFolder(FILES, async (cwd) => {
      await watertightHere(['certs', 'init'], { cwd })
      expect((await watertightHere(['certs', 'rotate'], { cwd })).out).toBe('nothing to issue\n')
      expect((await watertightHere(['certs', 'rotate', 'order'], { cwd })).out).toMatch(
        /^issued certs\/order .*\n$/,
      )
      expect((await watertightHere(['certs', 'rotate', '--authority'], { cwd })).out).toContain(
        'beside the old one',
      )
      expect((await watertightHere(['certs', 'list'], { cwd })).out).not.toContain('no more')
    })
  })

  it.each([
    [['certs', 'issue'], 'has no authority\n  watertight certs init makes one'],
    [['certs', 'issue', 'paymet'], 'there is no service paymet in the document\n  did you mean payment?'],
    [['certs', 'init', '--days', 'x'], '--days must be an integer from 1 to 3650, got x'],
    [['certs', 'isue'], 'there is no command isue\n  did you mean issue?'],
    [['certs', 'init', '--dir', 'watertight.yaml/x'], 'a file is in the way of a folder'],
    [['certs', 'list', '--dir', 'nowhere'], 'there is no such folder'],
  ])('%j is refused in one sentence', async (words, told) => {
    await inFolder(FILES, async (cwd) => {
      const ended = await watertightHere(words, { cwd })
      expect(ended.code).toBe(2)
      expect(ended.err).toContain(told)
      expect(ended.err).not.toContain('internal error')
    })
  })

  it('alone, it tells its commands', async () => {
    await inFolder(FILES, async (cwd) => {
      expect((await watertightHere(['certs'], { cwd })).out).toContain('rotate [service...]')
    })
  })
})
