import { type ClientHttp2Session, connect } from 'node:http2'
import { afterEach } from 'vitest'

/** Opens sessions of HTTP/2 to a port of this machine, and ends them after each test of a file. */
export function http2Callers(): (port: number) => ClientHttp2Session {
  const sessions: ClientHttp2Session[] = []
  afterEach(() => {
    for (const session of sessions.splice(0)) session.destroy()
  })
  return (port) => {
    const session = connect(`http://127.0.0.1:${port}`)
    session.on('error', () => undefined)
    sessions.push(session)
    return session
  }
}
