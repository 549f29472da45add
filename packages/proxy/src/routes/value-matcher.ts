import type { ValueMatch } from '@watertight/manifest'
import { linearRegex } from './linear-regex.js'

/** Whether a value, or its absence, is what a route asks for. */
export function valueMatcher({ kind, value }: ValueMatch): (given: string | undefined) => boolean {
  switch (kind) {
    case 'exact':
      return (given) => given === value
    case 'prefix':
      return (given) => given !== undefined && given.startsWith(value)
    case 'present':
      return (given) => given !== undefined
    case 'absent':
      return (given) => given === undefined
    case 'regex': {
      const regex = linearRegex(value)
      return (given) => given !== undefined && regex.test(given)
    }
  }
}
