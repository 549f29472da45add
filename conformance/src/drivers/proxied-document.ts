import { documentOf } from './document-of.js'
import { addressOf } from './address-of.js'
import { istioDocument } from './istio-document.js'
import type { Setup } from './driver.js'

type Document = Readonly<Record<string, unknown>>

/** The document in which a proxy carries out a scenario: as the gateway where there are routes, else as a sidecar. */
export function proxiedDocument(setup: Setup): Document {
  if (setup.istio !== undefined) return istioDocument(setup.istio, setup)
  return setup.routes.length > 0 ? gatewayOf(setup) : sidecarOf(setup)
}

/** Whether a proxy is a gateway in it. */
export function isGateway({ routes, istio }: Setup): boolean {
  return routes.length > 0 || istio !== undefined
}

/** The document in which a proxy is the sidecar of the caller. */
function sidecarOf(setup: Setup): Document {
  const document = documentOf(setup) as { readonly services: Document }
  const { protocol, health } = setup
  const callee = { protocol, endpoints: setup.endpoints.map(addressOf), ...(health && { health }) }
  return { ...document, enforce: 'sidecar', services: { ...document.services, callee } }
}

/**
 * The document in which a proxy is the gateway. Endpoints that a route names, as versions or for copies, are that; all
 * others are the callee's.
 */
function gatewayOf({ policy, operations, fallback, routes, protocol, endpoints }: Setup): Document {
  const versions = new Set(routes.flatMap(({ split }) => Object.keys(split ?? {})))
  const mirrors = new Set(routes.flatMap(({ mirror }) => (mirror as { to?: string } | undefined)?.to ?? []))
  const others = endpoints.filter(({ name }) => !versions.has(name) && !mirrors.has(name))
  const called = (name: string): Document => ({
    protocol,
    endpoints: endpoints.filter((endpoint) => endpoint.name === name).map(addressOf),
  })
  const callee: Document = {
    protocol,
    endpoints: (others.length > 0 ? others : endpoints).map(addressOf),
    versions: Object.fromEntries(
      [...versions].map((name) => [name, { endpoints: called(name)['endpoints'] }]),
    ),
  }
  const call = { ...(operations && { operations }), ...(fallback && { fallback }) }
  return {
    watertight: 'v1',
    system: 'conformance',
    policies: { scenario: policy },
    services: { callee, ...Object.fromEntries([...mirrors].map((name) => [name, called(name)])) },
    gateway: {
      // Any port that is free is better: see the drivers.
      listen: { host: '127.0.0.1', port: 1 },
      policy: 'scenario',
      routes: routes.map((route) => ({
        match: { path: '/' },
        ...((route['redirect'] ?? route['respond']) ? {} : { to: 'callee', ...call }),
        ...route,
      })),
    },
  }
}
