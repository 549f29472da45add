import { isRecord } from './rules.js'

/** How an error shows what was given: short, and never the inside of an object, which may hold secrets. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  return isRecord(value) ? 'an object' : String(value)
}
