/** A length in the last seven bits of an octet, and in further ones if they do not suffice (RFC 7541, section 5.1). */
export function packedLength(length: number): string {
  if (length < 127) return String.fromCharCode(length)
  let packed = '\x7f'
  let rest = length - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) packed += String.fromCharCode(0x80 | (rest % 128))
  return packed + String.fromCharCode(rest)
}
