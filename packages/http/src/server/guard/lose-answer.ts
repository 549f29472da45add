import type { ServerResponse } from 'node:http'
import type { Fault, FaultEnd } from '@watertight/traffic'
import type { Clock } from '../../runtime/clock.js'
import { endInPlace } from './end-in-place.js'

/** Lets the handler do its work, and replaces whatever it answers. */
export function loseAnswer(response: ServerResponse, fault: Fault, end: FaultEnd, clock: Clock): void {
  const original = {
    write: response.write.bind(response),
    writeHead: response.writeHead.bind(response),
    end: response.end.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
  }
  let isAnswered = false
  Object.assign(response, {
    write: () => true,
    writeHead: () => response,
    flushHeaders: () => undefined,
    end: () => {
      if (isAnswered) return response
      isAnswered = true
      const deliver = (): void => {
        Object.assign(response, original)
        endInPlace(response, end)
      }
      if (fault.delayMs > 0) clock.setTimer(fault.delayMs, deliver)
      else deliver()
      return response
    },
  })
}
