/** Numbers, UUIDs, long hexadecimal ids, and what holds an `@`: no part of a template looks so. */
const ID = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?=[a-f]*\d)[0-9a-f]{16,}|[^/{}]*(?:@|%40)[^/{}]*)$/i

/**
 * A route in which segments that are ids stand as `*`. Routers hand out templates, but not all of them know the template
 * of every part, and a raw path would tell who the request was about.
 */
export function withoutIds(route: string): string {
  if (!/[\d@%]/.test(route)) return route
  return route
    .split('/')
    .map((segment, index) => (index > 0 && ID.test(segment) ? '*' : segment))
    .join('/')
}
