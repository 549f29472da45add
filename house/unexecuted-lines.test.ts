import { expect, test } from 'vitest'
import { unexecutedLines } from './unexecuted-lines.js'

const breachesOf = (text: string): string[] => unexecutedLines({ path: 'README.md', text })

test('a line of a shell that nothing runs is told, with its line', () => {
  expect(breachesOf('# A\n\n```sh\nnpm install && npm start # six services\nmake all\n```\n')).toEqual([
    'README.md:5 shows `make all`, which nothing runs',
  ])
  expect(breachesOf('```console\n$ ls # files\na b\n```\n')).toEqual([
    'README.md:2 shows `ls`, which nothing runs',
  ])
})

test('what a command prints is no command, and other blocks are no shell', () => {
  expect(breachesOf('```console\n$ watertight check\nno errors\n```\n\n```yaml\nmake: all\n```\n')).toEqual(
    [],
  )
})
