import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readManifest } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { CertificateFolder } from './certificate-folder.js'
import { keepCertificates } from './keep-certificates.js'

const DAY_MS = 86_400_000
const SHOP = `watertight: v1
system: shop
services: { order: { run: x }, bank: { external: true, endpoints: ["bank.example:443"] } }
gateway: { listen: { port: 8080 }, routes: [{ match: { path: / }, respond: { status: 204 } }] }
`

test('a folder that is used for years has certificates in force every day, of an authority that is', async () => {
  const root = await mkdtemp(join(tmpdir(), 'certificates-'))
  const path = join(root, 'certs')
  try {
    const model = readManifest(SHOP, 'watertight.yaml').system?.model
    if (model === undefined) throw new Error('the document cannot be read')
    const start = Date.now()
    const folder = new CertificateFolder(path, 'shop')
    const keyOf = () => readFile(join(path, 'order', 'key.pem'), 'utf8')
    await keepCertificates(path, model, new Date(start))
    const first = await keyOf()
    await keepCertificates(path, model, new Date(start + DAY_MS))
    expect(await keyOf()).toBe(first)
    for (let day = 19; day <= 400; day += 19) {
      const now = new Date(start + day * DAY_MS)
      await keepCertificates(path, model, now)
      const held = await folder.list()
      expect(held.map(({ service }) => service)).toEqual(['gateway', 'order'])
      for (const { notAfter, trusted } of held) {
        expect(trusted).toBe(true)
        expect(notAfter.getTime()).toBeGreaterThan(now.getTime())
      }
      expect((await folder.endOfAuthority()).getTime()).toBeGreaterThan(now.getTime())
    }
    expect(await keyOf()).not.toBe(first)
  } finally {
    await rm(root, { recursive: true })
  }
})
