import { systemClock } from '@watertight/policy/decisions'
import type { AnswerWriter } from './answer-writer.js'

/** How often, and at what distance, a caller that says nothing more is asked whether it is still there. */
const PROBES = 3
const PROBE_MS = 100

/**
 * Asks a caller that sends nothing more whether it still waits for its answer, or is gone altogether, which looks the
 * same. Writing tells: who is gone resets the connection at the first write, which the second one shows, and who waits
 * takes no notice of a 100 (RFC 9110, section 15.2).
 */
export function probeCaller(answers: AnswerWriter, isAwaited: () => boolean, left: number = PROBES): void {
  if (left === 0 || !isAwaited()) return
  answers.inform(100, '')
  systemClock.setTimer(PROBE_MS, () => probeCaller(answers, isAwaited, left - 1))
}
