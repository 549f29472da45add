const METHODS: readonly string[] = [
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]

/** A method in upper case; `_OTHER` where HTTP has none of that name, so that there are few. */
export function methodLabel(method: string): string {
  const upper = method.toUpperCase()
  return METHODS.includes(upper) ? upper : '_OTHER'
}

/** `POST /charges`, from a route with or without its method; an unknown method is `HTTP`. */
export function spanName(method: string, route: string): string {
  const known = methodLabel(method)
  const verb = known === '_OTHER' ? 'HTTP' : known
  const template = templateOf(method, route)
  return template === '' ? verb : `${verb} ${template}`
}

/** A route without its method; empty where it is `*`, for the conventions name no route that is not known. */
export function templateOf(method: string, route: string): string {
  const hasMethod = route.toUpperCase().startsWith(`${method.toUpperCase()} `)
  const template = hasMethod ? route.slice(method.length + 1) : route
  return template === '*' ? '' : template
}
