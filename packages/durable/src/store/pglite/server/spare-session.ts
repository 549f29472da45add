/** Settings by which Postgres ends a session: that would be the end of the one session that everybody shares. */
const deadly =
  /\bset\s+(?:local\s+|session\s+)?(?:idle_in_transaction_session|idle_session|transaction)_timeout\b/gi

const parse = 0x50
const query = 0x51

/**
 * A request in whose statements such settings are of no account: their names become those of settings that nobody reads, as
 * long as before. What they are for, the server does by itself.
 */
export function spareSession(request: Buffer): Buffer {
  let spared = request
  for (let at = 0; at < request.length; at += 1 + request.readInt32BE(at + 1)) {
    const letter = request[at]
    if (letter !== query && letter !== parse) continue
    // The name of what is parsed stands before its text.
    const from = letter === query ? at + 5 : request.indexOf(0, at + 5) + 1
    const text = request.toString('utf8', from, request.indexOf(0, from))
    const harmless = text.replaceAll(deadly, (setting) => setting.replace(/_(?=[a-z_]*$)/i, '.'))
    if (harmless === text) continue
    if (spared === request) spared = Buffer.from(request)
    spared.write(harmless, from, 'utf8')
  }
  return spared
}
