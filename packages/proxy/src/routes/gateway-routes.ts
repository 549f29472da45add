import type { FaultModel, ForwardingRoute, RouteModel, SystemModel } from '@watertight/manifest'
import { systemClock, systemRandom } from '@watertight/policy/decisions'
import { type CallSettings, Faults, type FaultRule, manifestSettings } from '@watertight/traffic'
import { fixedAnswer } from '../exchange/local-answer.js'
import type { Destination } from '../upstream/destination.js'
import type { DestinationPool } from '../upstream/destination-pool.js'
import { changedPath } from './changed-path.js'
import { CrossOrigin } from './cross-origin.js'
import { hashKeyReader } from './hash-key-reader.js'
import { linesChanger } from './lines-changer.js'
import { redirectLocation } from './redirect-location.js'
import { requestMatcher } from './request-matcher.js'
import { requireGiven } from './require-given.js'
import type { ForwardAction, Route, RouteAction } from './route.js'
import { WeightedChoice } from './weighted-choice.js'

/** The routes of a gateway, in the order of the document: the first that takes a request has it. */
export function gatewayRoutes(model: SystemModel, destinations: DestinationPool): Route[] {
  return model.routes.map((route, index) => ({
    name: route.match.path,
    matches: requestMatcher(route.match),
    action: actionOf(route, `gateway.routes[${index}]`, model, destinations),
    faults: route.fault === undefined ? undefined : faultsOf(route.fault),
    crossOrigin: route.cors === undefined ? undefined : new CrossOrigin(route.cors),
    changeAnswer: linesChanger(route.headers.response),
  }))
}

/** All that comes in is meant for this destination. */
export function onlyRoute(name: string, destination: Destination): Route {
  const { hashOn } = destination.state.settings
  const action: ForwardAction = {
    kind: 'forward',
    pick: () => destination,
    keyOf: hashKeyReader(hashOn),
    changePath: undefined,
    host: undefined,
    changeRequest: undefined,
    mirror: undefined,
  }
  return {
    name,
    matches: () => true,
    action,
    faults: undefined,
    crossOrigin: undefined,
    changeAnswer: undefined,
  }
}

function actionOf(
  route: RouteModel,
  place: string,
  model: SystemModel,
  destinations: DestinationPool,
): RouteAction {
  const { match, redirect, respond, to } = route
  if (redirect !== undefined) {
    return { kind: 'redirect', status: redirect.status, location: redirectLocation(redirect, match) }
  }
  if (respond !== undefined) {
    return { kind: 'respond', answer: fixedAnswer(respond.status, respond.body, respond.contentType) }
  }
  if (to === undefined) throw new Error('broken invariant: a route without an action')
  return forwardAction({ ...route, to }, place, model, destinations)
}

function forwardAction(
  route: ForwardingRoute,
  place: string,
  model: SystemModel,
  destinations: DestinationPool,
): ForwardAction {
  const { match, rewrite, mirror, headers } = route
  const settings = manifestSettings(route)
  requireGiven(place, settings, model.services.get(route.to))
  const path = rewrite?.path
  return {
    kind: 'forward',
    pick: pickerOf(route, settings, model, destinations),
    keyOf: hashKeyReader(settings.hashOn),
    changePath: path === undefined ? undefined : (given) => changedPath(path, match, given),
    host: rewrite?.host,
    changeRequest: linesChanger(headers.request),
    mirror: mirror && {
      destination: destinations.get(
        model,
        mirror.to,
        mirror.version,
        { ...settings, retry: false },
        route.policy,
      ),
      share: mirror.share,
    },
  }
}

/** The versions by their weights, or the whole service. */
function pickerOf(
  { to, split, policy }: ForwardingRoute,
  settings: CallSettings,
  model: SystemModel,
  destinations: DestinationPool,
): ForwardAction['pick'] {
  if (split.size === 0) {
    const destination = destinations.get(model, to, undefined, settings, policy)
    return () => destination
  }
  const versions = Array.from(
    split,
    ([version, weight]) => [destinations.get(model, to, version, settings, policy), weight] as const,
  )
  const choice = new WeightedChoice(versions, systemRandom)
  return (key) => choice.pick(key)
}

function faultsOf({ delay, abort }: FaultModel): Faults {
  const rules: FaultRule[] = []
  if (delay !== undefined) rules.push({ share: delay.share, delay: delay.byMs })
  if (abort !== undefined) rules.push({ share: abort.share, end: abort.status })
  const faults = new Faults(systemRandom)
  faults.inject(rules, systemClock.now())
  return faults
}
