import { knownHeaders, type ResponseHead } from '../http1/index.js'

/** What `Keep-Alive: timeout=5` says, a second less of it: whoever closes does so at that very moment. */
export function keepAliveOf({ headers }: ResponseHead): number {
  const hint = headers.valueOf(knownHeaders['keep-alive'])
  const seconds = hint === undefined ? undefined : /(?:^|[ ,])timeout=(\d{1,6})/.exec(hint)?.[1]
  return seconds === undefined ? Infinity : Math.max(500, Number(seconds) * 1_000 - 1_000)
}
