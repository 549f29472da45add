import type { Word } from '../words/word.js'
import type { WordTable } from './shape-below.js'

const RETRY = 'How often it is tried'
const BACKOFF = 'How long it waits between two attempts'

/** A table of keys about data, with what its maps are about. */
export const dataTable = (words: Readonly<Record<string, Word>>): WordTable => ({
  words,
  groups: {
    retry: RETRY,
    'retry.backoff': BACKOFF,
    compensation: 'How it is undone',
    'compensation.retry': RETRY,
    'compensation.retry.backoff': BACKOFF,
  },
  offGroups: new Set(),
})
