const PRIORITY = /^-?\d{1,3}$/
const PRIORITY_MAX = 100

/** From -100 to 100, higher is more important; 0 for what is none. */
export function readPriority(text: string | undefined): number {
  if (text === undefined || !PRIORITY.test(text)) return 0
  return Math.max(-PRIORITY_MAX, Math.min(PRIORITY_MAX, Number(text)))
}
