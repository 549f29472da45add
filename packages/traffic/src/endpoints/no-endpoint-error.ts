import { RefusalError } from '@watertight/policy'

/** No endpoint can take the request: none is known, or checks say of all of them that they cannot. */
export class NoEndpointError extends RefusalError {
  override readonly name = 'NoEndpointError'

  /** @param known endpoints that there are, none of them healthy */
  constructor(destination: string, known: number = 0) {
    super(
      'WT_NO_ENDPOINT',
      known === 0
        ? `${destination} has no endpoint: none is known`
        : `${destination} has no endpoint: none of ${known} is healthy`,
    )
  }
}
