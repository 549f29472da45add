import { randomUUID } from 'node:crypto'
import { type Random, runtime, systemRandom } from '@watertight/policy/decisions'

/** The chance that the policies of this process draw from, whichever that is now. */
export const random: Random = () => runtime.random()

/**
 * A name that nothing else has, a UUID: for requests, and for what must not occur in a text. It is drawn from the chance of
 * the test where that has installed one, so that its runs are the same every time.
 */
export function randomId(): string {
  if (runtime.random === systemRandom) return randomUUID()
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(runtime.random() * 16).toString(16)).join('')
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`
}
