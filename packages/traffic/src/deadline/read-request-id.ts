const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/

/** The caller's id for the request: what is too long or not printable could forge log lines, and is not believed. */
export function readRequestId(given: string | readonly string[] | undefined): string | undefined {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined
}
