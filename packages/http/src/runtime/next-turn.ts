/** Waits until the event loop has been round once: what lies ready in sockets and files has been read by then. */
export function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(undefined))
  })
}
