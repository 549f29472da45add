// The parts of PostgreSQL's frontend/backend protocol 3.0 that somebody in the middle has to know (its documentation, chapter
// 54): after the start every message is a letter, a length of four bytes that counts itself, and a body.

/** What a connection may begin with in place of a start: a wish for encryption, or to have a statement cancelled. */
export const startCodes: Readonly<Record<'protocol' | 'cancel' | 'tls' | 'gss', number>> = {
  protocol: 0x3_0000,
  cancel: 80_877_102,
  tls: 80_877_103,
  gss: 80_877_104,
}

export function message(letter: string, ...fields: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    fields.map((field) => (typeof field === 'string' ? Buffer.from(`${field}\0`) : field)),
  )
  const head = Buffer.alloc(5)
  head.write(letter, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** The message that begins a session of this user in the one database that there is. */
export function startMessage(): Buffer {
  const fields = ['user', 'postgres', 'database', 'postgres', ''].map((field) => Buffer.from(`${field}\0`))
  const body = Buffer.concat(fields)
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8)
  head.writeInt32BE(startCodes.protocol, 4)
  return Buffer.concat([head, body])
}

/** Asks for a password as it is: the connection leads to this machine alone. */
export const askPassword: Buffer = message('R', Buffer.from([0, 0, 0, 3]))

export function refusal(state: string, text: string): Buffer {
  return message('E', 'SFATAL', 'VFATAL', `C${state}`, `M${text}`, Buffer.from([0]))
}
