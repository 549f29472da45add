export interface ReadAnswer {
  /** What is for whoever has asked. */
  readonly answer: Buffer
  /** What is for those who listen. */
  readonly notifications: readonly Buffer[]
  /** Whether the session is in no transaction after it, and waits for the next request. */
  readonly isIdle: boolean
}

/** Tells apart what the database sends in one piece. */
export function readAnswer(bytes: Buffer): ReadAnswer {
  const answer: Buffer[] = []
  const notifications: Buffer[] = []
  let isIdle = false
  let keptFrom = 0
  for (let at = 0; at < bytes.length;) {
    const letter = bytes[at]
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (letter === 0x5a) isIdle = bytes[at + 5] === 0x49
    if (letter === 0x41) {
      notifications.push(bytes.subarray(at, end))
      answer.push(bytes.subarray(keptFrom, at))
      keptFrom = end
    }
    at = end
  }
  if (notifications.length === 0) return { answer: bytes, notifications, isIdle }
  return { answer: Buffer.concat([...answer, bytes.subarray(keptFrom)]), notifications, isIdle }
}
