import type { PolicyModel } from '../model/policy-model.js'
import { formatWord } from '../words/describe-word.js'
import { policyWords } from '../words/policy-words.js'
import { wordValue } from './word-value.js'

export interface PolicyValue {
  /** The dotted name in the document, such as `retry.backoff.jitter`. */
  readonly name: string
  /** The value as a person would write it. */
  readonly value: string
}

/** Every value of a policy by its name in the document; a part that is absent says so once. */
export function policyValues(policy: PolicyModel): PolicyValue[] {
  const values = new Map<string, string>()
  for (const [name, word] of Object.entries(policyWords)) {
    // The mode stands at the head of an explanation.
    if (name === 'mode') continue
    const [place, value] = wordValue(policy, name, word)
    if (value === undefined) {
      if (place === 'retry.budget' || !place.includes('.')) values.set(place, 'off')
      else if (place === name && word.off === true) values.set(name, 'off')
    } else if (name === 'answers' && policy.answers.length === 0) values.set(name, 'none')
    else values.set(name, formatWord(word, value))
  }
  values.set('instance', policy.instance)
  return [...values].map(([name, value]) => ({ name, value }))
}
