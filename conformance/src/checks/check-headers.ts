import { quoted } from './quoted.js'

/** What speaks against headers: `*` stands for any value, `null` for none. */
export function checkHeaders(
  pattern: Readonly<Record<string, string | null>>,
  headers: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(pattern).flatMap(([name, wanted]) => {
    const got = headers[name]
    const fits = wanted === null ? got === undefined : wanted === '*' ? got !== undefined : got === wanted
    return fits
      ? []
      : [
          `header ${name} must be ${wanted === '*' ? 'there' : quoted(wanted ?? undefined)}, got ${quoted(got)}`,
        ]
  })
}
