import { pathOf } from '../routes/normalized-target.js'
import { findRoute, type RedirectAction, type RespondAction, type Route } from '../routes/route.js'
import type { Caller } from './caller.js'
import { type LocalAnswer, localAnswers } from './local-answer.js'
import type { ProxyContext } from './proxy-context.js'

/** What a request is answered before anybody looks where it goes; undefined for one that may go on. */
export function refusalOf(
  { request, refusal }: Caller,
  { bodyBytesMax }: ProxyContext,
): LocalAnswer | undefined {
  if (refusal !== undefined) return localAnswers.forbidden
  return request.bodyLength > bodyBytesMax ? localAnswers.tooLarge : undefined
}

/** The route of a request with this target, or the answer to one that has none. */
export function routeFor({ request }: Caller, target: string, { routes }: ProxyContext): Route | LocalAnswer {
  const route = findRoute(routes, request, pathOf(target))
  if (request.method === 'CONNECT' || (route === undefined && request.method === 'TRACE'))
    return localAnswers.notAllowed
  return route ?? localAnswers.noRoute
}

/** What a route answers by itself. */
export function answerOfRoute(
  action: RedirectAction | RespondAction,
  caller: Caller,
  target: string,
): LocalAnswer {
  if (action.kind === 'respond') return action.answer
  const location = action.location(caller.request, target, caller.isSecure)
  return { ...localAnswers.empty, status: action.status, lines: `location: ${location}\r\n` }
}
