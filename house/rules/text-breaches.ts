import type { SourceFile } from '../sources.js'
import { lineAt } from '../syntax.js'

const bannedText: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.~}:/])\/(home|root|work|Users)\/\w/, 'a path of one machine'],
  [/registry\.\w+\.\w+|localhost:4873/, 'the host of a package registry'],
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'unfinished work: do it or drop it'],
  [/\bissue #?\d+|\w#\d{2,}\b/i, 'an issue number: tell the story in words'],
  [/\b(it|test|describe)\.(skip|only|todo)\b/, 'a test that does not run'],
  [
    /eslint-disable|oxlint-disable(?!-next-line [\w/-]+ -- \w)|@ts-(ignore|nocheck)/,
    'a silenced check: give rule and reason',
  ],
]
const sharedHook = [
  /^(before|after)(Each|All)\(/m,
  'a hook for one test file only: use onTestFinished',
] as const
/** These two must spell out what they ban. */
const exemptFromText = ['house/rules/text-breaches.ts', 'house/rules/breaches.test.ts']

export function textBreaches({ path, text }: SourceFile): string[] {
  if (exemptFromText.includes(path)) return []
  // Test files share what they import: a hook of a shared module would run for the first of them alone.
  const isShared = path.endsWith('.ts') && !path.endsWith('.test.ts')
  return (isShared ? [...bannedText, sharedHook] : bannedText).flatMap(([pattern, what]) => {
    const match = pattern.exec(text)
    return match === null ? [] : [`${path}:${lineAt(text, match.index)} holds ${what} ("${match[0]}")`]
  })
}
