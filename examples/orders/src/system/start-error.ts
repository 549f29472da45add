/** The shop did not come up. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code = 'ORDERS_START'
}
