/** Headers as names and values in turn, the form in which they are sent. */
export type FlatHeaders = string[]

/** Whether a flat list of headers names one, in lower case. */
export function hasHeader(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const key = headers[index]!
    if (key.length === name.length && (key === name || key.toLowerCase() === name)) return true
  }
  return false
}

/** Puts a header in place of whatever stands under its name. */
export function replaceHeader(headers: FlatHeaders, name: string, value: string): void {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]!.toLowerCase() !== name) continue
    headers[index + 1] = value
    return
  }
  headers.push(name, value)
}
