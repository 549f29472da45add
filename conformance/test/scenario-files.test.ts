import { expect, it } from 'vitest'
import { readGroup } from '../src/scenario/read-scenarios.js'

const scenario = `
about: What a file may say
scenarios:
  - name: a-rule
    says: A rule is a rule
    upstream: { a: [200] }
    steps: [{ send: GET /, answers: 200 }]
`

/** A change that makes the file wrong, and what is said about it. */
it.each([
  ['no about', 'about: What a file may say', 'about: short', 'about: Too small'],
  ['a name with spaces', 'name: a-rule', 'name: A Rule', 'must be words joined by hyphens'],
  ['an unknown key', '    says:', '    sayz: 1\n    says:', 'a-rule: Unrecognized key: "sayz"'],
  ['an unknown key of a step', 'answers: 200', 'answer: 200', 'a-rule.steps.0: Unrecognized key: "answer"'],
  ['a wrong request', 'send: GET /', 'send: FETCH /', 'a-rule.steps.0.send: must be a method and a path'],
  ['a wrong answer', 'answers: 200', 'answers: late', 'a-rule.steps.0.answers'],
  ['a wrong reply', '[200]', '[{ delay: 5 }]', 'a-rule.upstream.a'],
  [
    'an endpoint that is not there',
    '    steps:',
    '    seen: { requests: { b: 1 } }\n    steps:',
    'endpoint must be one of a, got b',
  ],
  ['a scenario that looks at nothing', ', answers: 200', '', 'must say what is looked at'],
  ['a full stop', 'a rule\n', 'a rule.\n', 'must not end with a full stop'],
])('refuses %s', (_what, good, bad, message) => {
  expect(readGroup('example', scenario).scenarios).toHaveLength(1)
  expect(() => readGroup('example', scenario.replace(good, bad))).toThrow(message)
})
