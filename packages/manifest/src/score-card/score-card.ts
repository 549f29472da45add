import type { Finding } from '../findings/finding.js'
import type { SystemModel } from '../model/system-model.js'
import { type PracticeState, practices } from './practices.js'

export interface ScoreLine {
  readonly practice: string
  readonly state: PracticeState
  /** What in the document says so. */
  readonly evidence: string
}

/** The fifteen practices, each with what the document shows of it. */
export interface ScoreCard {
  readonly met: number
  readonly of: number
  readonly lines: readonly ScoreLine[]
}

export function scoreCard(model: SystemModel, findings: readonly Finding[]): ScoreCard {
  const found = new Map<string, number>()
  for (const { code } of findings) found.set(code, (found.get(code) ?? 0) + 1)
  const lines = practices.map(({ name, assess }) => ({ practice: name, ...assess(model, found) }))
  return { met: lines.filter(({ state }) => state === 'met').length, of: lines.length, lines }
}
