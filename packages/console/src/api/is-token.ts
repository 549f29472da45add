import { createHash, timingSafeEqual } from 'node:crypto'

/** Takes as long for a token that begins right as for one that does not. */
export function isToken(authorization: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`))
}
