/** What a library prints while it works, as text: the one that writes completions has no other way out. */
export function printed(work: () => void): string {
  const lines: string[] = []
  const { log } = console
  console.log = (line: string) => {
    lines.push(`${line}\n`)
  }
  try {
    work()
  } finally {
    console.log = log
  }
  return lines.join('')
}
