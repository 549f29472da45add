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
/** What people copy into JavaScript has to run on the least Node that the packages run on. */
const newSyntax = [
  /^(?: \* |\s*)(?:await )?using \w+ = /m,
  'a declaration that Node 20 cannot read: close it by hand',
] as const
/** These two must spell out what they ban. */
const exemptFromText = ['house/rules/text-breaches.ts', 'house/rules/breaches.test.ts']

export function textBreaches({ path, text }: SourceFile): string[] {
  if (exemptFromText.includes(path)) return []
  // Test files share what they import: a hook of a shared module would run for the first of them alone.
  const isShared = path.endsWith('.ts') && !path.endsWith('.test.ts')
  const isDocument = path.endsWith('.md')
  const banned = [...bannedText, ...(isShared ? [sharedHook] : []), ...(isDocument ? [newSyntax] : [])]
  return banned.flatMap(([pattern, what]) => {
    const match = pattern.exec(text)
    return match === null ? [] : [`${path}:${lineAt(text, match.index)} holds ${what} ("${match[0]}")`]
  })
}
