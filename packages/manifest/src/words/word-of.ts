import type { CodeOption, Word } from './word.js'

/** Makes a word of each kind. */
export const wordOf = {
  duration: (says: string, value: number | undefined, more: Partial<Word> = {}): Word => ({
    kind: 'duration',
    says,
    ...(value === undefined ? {} : { default: value }),
    ...more,
  }),

  share: (says: string, value: number, of: string, option: string): Word => ({
    kind: 'share',
    says,
    default: value,
    code: [{ of, option }],
  }),

  count: (
    says: string,
    range: readonly [number, number],
    value: number | undefined,
    code: readonly CodeOption[] = [],
  ): Word => ({ kind: 'count', says, range, ...(value === undefined ? {} : { default: value }), code }),

  size: (says: string, value: number, more: Partial<Word> = {}): Word => ({
    kind: 'size',
    says,
    default: value,
    ...more,
  }),

  flag: (says: string, value: boolean): Word => ({ kind: 'flag', says, default: value }),

  choice: (
    says: string,
    choices: readonly string[],
    value: string,
    code: readonly CodeOption[] = [],
  ): Word => ({ kind: 'choice', says, choices, default: value, code }),

  conditions: (
    says: string,
    value: readonly (number | string)[] | undefined,
    choices: readonly string[],
  ): Word => ({ kind: 'conditions', says, choices, ...(value === undefined ? {} : { default: value }) }),
}
