import type { EndpointScript, Reply } from '../scenario/endpoint-schema.js'
import type { RecordedRequest } from './recorded-request.js'

/** What an endpoint does next: in the order of its requests, or of the attempts of each call. */
export class ReplyScript {
  readonly #each: readonly Reply[] | undefined
  readonly #replies: readonly Reply[]
  #next: number = 0

  constructor({ replies, each }: EndpointScript) {
    this.#each = each === undefined ? undefined : repeated(each)
    this.#replies = repeated(replies ?? [])
  }

  replyTo({ attempt }: RecordedRequest): Reply {
    const [list, index] = this.#each === undefined ? [this.#replies, this.#next++] : [this.#each, attempt]
    return list[Math.min(index, list.length - 1)]!
  }
}

function repeated(replies: readonly Reply[]): readonly Reply[] {
  return replies.flatMap((reply) => Array.from({ length: reply.times }, () => reply))
}
