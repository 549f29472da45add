import { afterEach, beforeEach } from 'vitest'
import { virtualClock, type VirtualClock } from '../../src/testing/index.js'

/** A fresh virtual clock for each test of the file that asks for one. */
export function useVirtualTime(): { readonly clock: VirtualClock } {
  const time = { clock: virtualClock() }
  let restore: () => void = () => {}
  beforeEach(() => {
    time.clock = virtualClock()
    restore = time.clock.install()
  })
  afterEach(() => {
    restore()
  })
  return time
}

/** A promise that the test settles. */
export interface Held<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

export function held<T = void>(): Held<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

export const never: Promise<never> = new Promise<never>(() => {})
