import type { Destination } from '../upstream/destination.js'
import type { CallOwner } from './call-owner.js'
import { ForwardedCall } from './forwarded-call.js'
import type { ForwardedRequest } from './forwarded-request.js'
import type { RequestBody } from './request-body.js'

/**
 * A copy of a request, whose answer nobody waits for: fire and forget. It begins when the whole body has come, if that is
 * still there, and whatever becomes of it, the caller never sees it.
 */
export class MirroredCall implements CallOwner {
  readonly body: RequestBody
  private readonly call: ForwardedCall

  constructor(destination: Destination, request: ForwardedRequest, body: RequestBody) {
    this.body = body
    this.call = new ForwardedCall(this, destination, {
      ...request,
      upgrade: false,
      deadline: Infinity,
      steering: undefined,
    })
  }

  begin(): void {
    if (this.body.isReplayable) this.call.begin()
  }

  informed(): void {}
  answered(): void {}
  refused(): void {}
  data(): void {}
  ended(): void {}
  broken(): void {}
  readEnded(): void {}
  observed(): void {}
  struck(): void {}
  bodyFlows(): void {}
}
