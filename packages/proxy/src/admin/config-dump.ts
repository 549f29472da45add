const REDACTED = '[redacted]'
const SECRET_TEXT = /-----BEGIN [A-Z ]*PRIVATE KEY-----|^(Basic|Bearer) \S/i
const SECRET_NAME = /authorization|cookie|secret|password|token|credential|api-?key/i

/**
 * A document as JSON, without what would let its reader pass for somebody: texts of private keys, and what stands
 * under names such as `authorization`, be it sent or compared with. Paths of files are no secrets and stay.
 */
export function configDump(document: unknown): string {
  return `${JSON.stringify(withoutSecrets(document, false), undefined, 2)}\n`
}

function withoutSecrets(value: unknown, isSecret: boolean): unknown {
  if (typeof value === 'string')
    return isSecret || SECRET_TEXT.test(value) ? REDACTED : withoutPassword(value)
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, isSecret))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      withoutSecrets(item, isSecret || SECRET_NAME.test(name)),
    ]),
  )
}

/** `https://user:password@host` */
function withoutPassword(text: string): string {
  return text.replace(/(:\/\/[^/@\s:]*):[^/@\s]+@/g, `$1:${REDACTED}@`)
}
