import { runtime, systemClock } from '@watertight/policy/decisions'

/**
 * Calls back once what has come in by now is read: after a stall of this process, timers run first, and would otherwise
 * blame a callee whose answer lies in the socket. In virtual time nothing stalls, and it is called back at once.
 */
export function afterInput(callback: () => void): void {
  if (runtime.clock === systemClock) setImmediate(callback)
  else callback()
}
