import type { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

/** A server that a drain can close. */
export type DrainedServer =
  Pick<Server, 'close' | 'closeIdleConnections' | 'closeAllConnections'> | Http2Server | Http2SecureServer

/** The connections of a server, whichever version of HTTP they speak. */
export interface ServerConnections {
  /** Has those end on which nothing is in flight, and the others after what is. */
  closeIdle(): void
  /** Cuts off whatever is left. */
  cut(): void
}

/**
 * Closes the connections of a server. One of HTTP/1 does so itself; one of HTTP/2, in Node 20, knows neither its sessions nor
 * its sockets, so they are followed from now on.
 */
export function serverConnections(server: DrainedServer): ServerConnections {
  if ('closeAllConnections' in server) {
    return { closeIdle: () => server.closeIdleConnections(), cut: () => server.closeAllConnections() }
  }
  const sessions = followed<ServerHttp2Session>(server, 'session')
  const sockets = followed<Socket>(server, 'connection')
  return {
    closeIdle: () => {
      // Says goodbye (GOAWAY), and ends once its streams have.
      for (const session of sessions) if (!session.closed) session.close()
      // A server that also speaks HTTP/1.
      if ('closeIdleConnections' in server)
        (server as Pick<Server, 'closeIdleConnections'>).closeIdleConnections()
    },
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Those that the server has opened and that are not closed. */
function followed<T extends EventEmitter>(server: EventEmitter, event: string): Set<T> {
  const open = new Set<T>()
  server.on(event, (one: T) => {
    open.add(one)
    one.once('close', () => open.delete(one))
  })
  return open
}
