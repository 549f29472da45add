import type { IncomingMessage } from 'node:http'

/**
 * Lets a message whose body has arrived be read to its end also when its caller has left. Node destroys it then, and a handler
 * that reads it a moment later would fail: its failure would be kept, and be the answer to every further try.
 */
export function keepReadable(message: IncomingMessage): void {
  const destroy = message.destroy.bind(message)
  message.destroy = (error) => {
    // By Node, which has lost the connection. Once the message has been read, its stream ends itself.
    if (message.socket.destroyed && !message.readableEnded) return message
    return destroy(error)
  }
}
