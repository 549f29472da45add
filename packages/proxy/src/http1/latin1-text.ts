/** The text of these bytes, one character a byte: nothing that HTTP sends in a head is changed by it. */
export function latin1Text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end)
}
