import { formatDuration } from '../units/duration.js'
import { formatPercentage } from '../units/percentage.js'
import { formatSize } from '../units/size.js'
import { formatHashKey, type HashKey } from './hash-key.js'
import type { Word } from './word.js'

/** A value of the model as a person would write it in the document. */
export function formatWord({ kind }: Word, value: unknown): string {
  if (value === Infinity || value === 'off') return 'off'
  if (typeof value === 'number' && kind === 'duration') return formatDuration(value)
  if (typeof value === 'number' && kind === 'share') return formatPercentage(value)
  if (typeof value === 'number' && kind === 'size') return formatSize(value)
  if (kind === 'hash-key') return formatHashKey(value as HashKey)
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** What holds when the key is left out. */
export function defaultOf(word: Word): string {
  if (word.required === true) return 'required'
  if (word.defaultSays !== undefined) return word.defaultSays
  return word.default === undefined ? 'none' : formatWord(word, word.default)
}

/** What may stand there. */
export function allowedOf(word: Word): string {
  return word.off === true ? `${allowedValue(word)}, or off` : allowedValue(word)
}

function allowedValue({ kind, range, choices = [] }: Word): string {
  switch (kind) {
    case 'duration':
      return 'a duration'
    case 'share':
      return 'a percentage'
    case 'count':
      return range === undefined ? 'a whole number' : `${thousands(range[0])} to ${thousands(range[1])}`
    case 'size':
      return 'a size'
    case 'flag':
      return 'true or false'
    case 'hash-key':
      return 'header, cookie or query with a name, or ip'
    case 'choice':
      return choices.join(', ')
    case 'conditions':
      return `${choices.join(', ')}, statuses from 400 to 599`
  }
}

/** Meaning, unit and default in one text, as an editor shows it. */
export function describeWord(word: Word): string {
  const unit = word.kind === 'choice' ? '' : ` (${allowedOf(word)})`
  const otherwise = word.required === true ? 'Required' : `Default: ${defaultOf(word)}`
  return `${word.says}${unit}. ${otherwise}`
}

function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}
