import { RefusalError } from '@watertight/policy'

/** Why no endpoint could take a request. */
export type NoEndpointReason = 'all-ejected' | 'all-full' | 'none-known'

/** No endpoint can take the request: all are ejected or have their most requests under way. */
export class NoEndpointError extends RefusalError {
  override readonly name = 'NoEndpointError'
  readonly reason: NoEndpointReason

  constructor(destination: string, reason: NoEndpointReason) {
    super('WT_NO_ENDPOINT', `no endpoint of ${destination} can take the request: ${reason}`)
    this.reason = reason
  }
}
