import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFolder } from '../../test/run-process.js'
import { BAD_MANIFEST, GOOD_MANIFEST } from '../../test/manifests.js'
import { watertightHere } from '../../test/watertight-here.js'

describe('the forms of check', () => {
  it('for CI name files from the top of the repository, wherever the job runs', async () => {
    await inFolder({ 'services/shop/watertight.yaml': BAD_MANIFEST }, async (top) => {
      const cwd = join(top, 'services/shop')
      const env = { GITHUB_WORKSPACE: top }
      const github = await watertightHere(['check', '--format', 'github'], { cwd, env })
      expect(github.out).toMatch(/^::error file=services\/shop\/watertight\.yaml,line=5,/)
      const sarif = await watertightHere(['check', '--format', 'sarif'], { cwd, env })
      expect(sarif.out).toContain('"uri": "services/shop/watertight.yaml"')
      const elsewhere = await watertightHere(['check', '--format', 'github'], { cwd })
      expect(elsewhere.out).toMatch(/^::error file=watertight\.yaml,line=5,/)
    })
  })

  it('for CI name the file of a profile that says what is wrong', async () => {
    const files = {
      'shop/watertight.yaml': GOOD_MANIFEST,
      'shop/watertight.engines.yaml': 'chaos: {}\nservices: { order: { prt: 1 } }\n',
    }
    await inFolder(files, async (cwd) => {
      const words = ['check', 'shop', '--profile', 'engines', '--format']
      const env = { GITHUB_WORKSPACE: cwd }
      const github = await watertightHere([...words, 'github'], { cwd, env })
      expect(github.out).toMatch(/^::error file=shop\/watertight\.engines\.yaml,line=2,col=22,/m)
      const sarif = await watertightHere([...words, 'sarif'], { cwd, env })
      expect(sarif.out).toContain('"uri": "shop/watertight.engines.yaml"')
    })
  })

  it('for people have the score card where it is asked for and the document is whole', async () => {
    await inFolder(
      { 'good.yaml': GOOD_MANIFEST, 'broken.yaml': `${GOOD_MANIFEST}chaos: {\n` },
      async (cwd) => {
        const hasCard = async (...words: string[]): Promise<boolean> =>
          (await watertightHere(['check', ...words], { cwd })).out.includes('\nPractices: ')
        expect(await hasCard('good.yaml')).toBe(false)
        expect(await hasCard('good.yaml', '--score')).toBe(true)
        expect(await hasCard('broken.yaml', '--score')).toBe(false)
      },
    )
  })

  it('for programs are JSON, also when another form is named', async () => {
    await inFolder({ 'watertight.yaml': BAD_MANIFEST }, async (cwd) => {
      const { out } = await watertightHere(['check', '--format', 'sarif', '--json'], { cwd })
      expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, ok: false, score: { of: 15 } })
    })
  })
})
