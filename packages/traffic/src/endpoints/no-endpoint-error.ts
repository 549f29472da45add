import { RefusalError } from '@watertight/policy'

/** No endpoint can take the request: none is known. */
export class NoEndpointError extends RefusalError {
  override readonly name = 'NoEndpointError'

  constructor(destination: string) {
    super('WT_NO_ENDPOINT', `${destination} has no endpoint: none is known`)
  }
}
