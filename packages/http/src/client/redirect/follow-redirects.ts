import { UnwantedAnswerError } from '../failure/request-error.js'
import type { Origins } from '../origins.js'
import type { OutgoingRequest } from '../request/outgoing-request.js'
import { pathAndQuery } from '../request/path-of.js'
import { announceReferrer, redirectedReferrer } from '../request/referrer.js'
import { FetchResponse } from '../response/fetch-response.js'
import { isRedirect, redirectedRequest, redirectsMax } from './redirected-request.js'

/**
 * Follows redirects, as far as the request says so: each is a call of its own, with the policies of where it leads
 * and with what the caller has said of the first one. All of them together have the time that the first one has.
 *
 * @throws {UnwantedAnswerError} for a redirect that cannot be followed, or is not wanted
 */
export async function followRedirects(
  response: Response,
  request: OutgoingRequest,
  origins: Origins,
): Promise<Response> {
  let answer = response
  let sent = request
  for (let followed = 0; ; followed += 1) {
    if (!(answer instanceof FetchResponse) || !isRedirect(answer.status)) return answer
    if (sent.redirect === 'manual') return answer
    const refuse = (why: string): UnwantedAnswerError => {
      ;(answer as unknown as FetchResponse).discard()
      return new UnwantedAnswerError(why)
    }
    if (sent.redirect === 'error') throw refuse('unexpected redirect')
    const location = answer.header('location')
    if (location === undefined) return answer
    if (followed === redirectsMax) throw refuse('redirect count exceeded')
    const url = new URL(answer.url)
    const next = redirectedRequest(
      { url, method: sent.method, headers: sent.headers },
      answer.status,
      location,
    )
    if (typeof next === 'string') throw refuse(next)
    const body = next.keepsBody ? sent.body : undefined
    if (body?.replayable === false) throw refuse('the redirect asks for the body again, and it was a stream')
    const referrer = sent.referrer && redirectedReferrer(sent.referrer, answer.header('referrer-policy'))
    const { deadline } = FetchResponse.sourceOf(answer)
    answer.discard()
    const { method, headers } = next
    if (referrer !== undefined) announceReferrer(headers, referrer, next.url)
    sent = { ...sent, method, path: pathAndQuery(next.url), headers, body, referrer, deadline }
    answer = await origins.at(next.url.origin).send(sent)
    if (answer instanceof FetchResponse) FetchResponse.markRedirected(answer)
  }
}
