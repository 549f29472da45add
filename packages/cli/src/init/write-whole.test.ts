import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inFolder } from '../../test/run-process.js'
import { writeWhole } from './write-whole.js'

it('writes a new file, and leaves nothing else behind', async () => {
  await inFolder({}, async (folder) => {
    await writeWhole(join(folder, 'a.yaml'), 'new', false)
    expect(readdirSync(folder)).toEqual(['a.yaml'])
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('new')
  })
})

it('does not replace a file unless it is told to', async () => {
  await inFolder({ 'a.yaml': 'old' }, async (folder) => {
    const path = join(folder, 'a.yaml')
    await expect(writeWhole(path, 'new', false)).rejects.toThrow('it is there already')
    expect(readFileSync(path, 'utf8')).toBe('old')
    await writeWhole(path, 'new', true)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(folder)).toEqual(['a.yaml'])
  })
})

it('says when the folder is not there', async () => {
  await inFolder({}, async (folder) => {
    await expect(writeWhole(join(folder, 'no/a.yaml'), 'new', false)).rejects.toThrow(
      'there is no such folder',
    )
  })
})
