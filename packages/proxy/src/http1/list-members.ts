/** Spaces and tabs around a member of a list; not what else is taken for whitespace, such as an octet of a letter in UTF-8. */
const AROUND = /^[ \t]+|[ \t]+$/g

/** The members of a list (RFC 9110, section 5.6.1), the empty ones included. */
export function listMembers(value: string): readonly string[] {
  return value.split(',').map((member) => member.replaceAll(AROUND, ''))
}
