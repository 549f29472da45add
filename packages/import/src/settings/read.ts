import { formatDuration } from '@watertight/manifest/units'
import type { DurationFormat } from './durations.js'
import type { Setting } from './setting.js'

// Each reader uses the value or declines it with what is allowed; so a value that cannot be read is never lost.

const yearMs = 365 * 86_400_000

/** A value that was read, and the setting it came from. */
export interface Read<Value> {
  readonly value: Value
  readonly from: Setting
}

/** Milliseconds, up to a year. */
export function readDuration(setting: Setting | undefined, format: DurationFormat): Read<number> | undefined {
  if (setting === undefined) return undefined
  const ms = format(setting.text.trim())
  if (ms === undefined) return refuse(setting, 'a duration')
  if (ms > yearMs) return refuse(setting, 'a duration of at most 365 days')
  if (ms > 0 && ms < 1) return refuse(setting, 'a duration of at least 1ms, or none')
  return { value: ms, from: setting.use() }
}

/** A duration that cannot be 0: a limit that fails everything, or a stretch of time in which nothing can be counted. */
export function readLimit(setting: Setting | undefined, format: DurationFormat): Read<number> | undefined {
  if (setting !== undefined && format(setting.text.trim()) === 0)
    return refuse(setting, 'a duration of at least 1ms')
  return readDuration(setting, format)
}

/** Whole number from `min` on; what is above `max` is written as `max`, and said. */
export function readWhole(setting: Setting | undefined, min: number, max: number): Read<number> | undefined {
  const read = readNumber(setting)
  if (setting === undefined || read === undefined) return undefined
  if (!Number.isInteger(read.value) || read.value < min) {
    return refuse(setting, `a whole number from ${min} on`)
  }
  if (read.value <= max) return read
  setting.decline(
    `at most ${max} is allowed in a manifest, which is what was written instead of ${read.value}`,
  )
  return { value: max, from: setting }
}

export function readNumber(setting: Setting | undefined): Read<number> | undefined {
  if (setting === undefined) return undefined
  const { scalar } = setting
  const text = typeof scalar === 'string' ? scalar.trim() : ''
  const number =
    typeof scalar === 'number' ? scalar : /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : NaN
  if (!Number.isFinite(number)) return refuse(setting, 'a number')
  return { value: number, from: setting.use() }
}

/** A share given as a percentage, as the text of a manifest. */
export function readPercentage(setting: Setting | undefined): Read<string> | undefined {
  const read = readNumber(setting)
  if (setting === undefined || read === undefined) return undefined
  if (read.value < 0 || read.value > 100) return refuse(setting, 'a percentage from 0 to 100')
  return { value: `${Number(read.value.toFixed(4))}%`, from: setting }
}

export function readFlag(setting: Setting | undefined): Read<boolean> | undefined {
  if (setting === undefined) return undefined
  const text = setting.text.trim().toLowerCase()
  if (text !== 'true' && text !== 'false') return refuse(setting, 'true or false')
  return { value: text === 'true', from: setting.use() }
}

export function readText(setting: Setting | undefined): Read<string> | undefined {
  if (setting === undefined) return undefined
  const { scalar } = setting
  if (scalar === undefined || scalar === null || scalar === '') return refuse(setting, 'a text')
  return { value: String(scalar), from: setting.use() }
}

/** Writes milliseconds as a manifest does. */
export function durationText(ms: number): string {
  return formatDuration(ms)
}

/** The texts of a list, or of a text with commas. The list is used by who makes something of it. */
export function textsOf(setting: Setting | undefined): readonly string[] {
  if (setting === undefined) return []
  const { scalar } = setting
  const given =
    typeof scalar === 'string'
      ? scalar.split(',')
      : setting.items.flatMap((item) => (typeof item.scalar === 'string' ? [item.scalar] : []))
  return given.map((text) => text.trim()).filter((text) => text !== '')
}

/** Declines a value that is not what must stand there. */
export function refuse(setting: Setting, must: string): undefined {
  const text = setting.text
  const given = text.length > 60 ? `${text.slice(0, 57)}...` : text
  if (/^@[\w.-]+@/.test(text)) {
    return setting.decline(
      `${given} is filled in by Maven: import target/classes/application.yml, or write its value into the manifest by hand`,
    )
  }
  if (/[$#]\{.*\}/.test(text)) {
    return setting.decline(`${given} is filled in elsewhere: write its value into the manifest by hand`)
  }
  return setting.decline(`must be ${must}, got ${given}: it is left out, so write the value by hand`)
}
