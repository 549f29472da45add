/** Settings by which Postgres ends a session: that would be the end of the one session that everybody shares. */
const deadly =
  /\bset\s+(?:local\s+|session\s+)?(?:idle_in_transaction_session|idle_session|transaction)_timeout\b/gi

/**
 * A simple query in which such settings are of no account: their names become those of settings that nobody reads, as long as
 * before. What they are for, the server does by itself.
 */
export function spareSession(query: Buffer, text: string): Buffer {
  const spared = text.replaceAll(deadly, (setting) => setting.replace(/_(?=[a-z_]*$)/i, '.'))
  if (spared === text) return query
  const bytes = Buffer.from(query)
  bytes.write(spared, bytes.length - 1 - Buffer.byteLength(spared), 'utf8')
  return bytes
}
