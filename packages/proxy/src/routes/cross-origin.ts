import type { CorsModel } from '@watertight/manifest'
import type { RequestHead } from '../http1/index.js'
import { valueMatcher } from './value-matcher.js'

/**
 * Cross-origin requests of browsers, as the Fetch standard has them ("CORS protocol"): who may ask, and what a browser is
 * told. Whoever may not ask is answered without these headers, and the browser refuses.
 */
export class CrossOrigin {
  private readonly model: CorsModel
  private readonly accepts: readonly ((origin: string) => boolean)[]

  constructor(model: CorsModel) {
    this.model = model
    this.accepts = model.origins.map(valueMatcher)
  }

  /** The lines of the answer to a preflight; undefined for a request that is none. */
  preflight(head: RequestHead): string | undefined {
    const { headers, method } = head
    if (method !== 'OPTIONS' || headers.get('access-control-request-method') === undefined) return undefined
    const { methods, headers: allowed, maxAgeMs } = this.model
    const lines = this.lines(head)
    if (lines === '') return ''
    return [
      `${lines}access-control-allow-methods: ${methods.join(', ')}\r\n`,
      allowed.length === 0 ? '' : `access-control-allow-headers: ${allowed.join(', ')}\r\n`,
      `access-control-max-age: ${Math.floor(maxAgeMs / 1_000)}\r\n`,
    ].join('')
  }

  /** What any answer to this request says beside its own. */
  lines({ headers }: RequestHead): string {
    const origin = headers.get('origin')
    if (origin === undefined || !this.accepts.some((accepts) => accepts(origin))) return ''
    const { credentials, expose } = this.model
    return [
      `access-control-allow-origin: ${origin}\r\nvary: origin\r\n`,
      credentials ? 'access-control-allow-credentials: true\r\n' : '',
      expose.length === 0 ? '' : `access-control-expose-headers: ${expose.join(', ')}\r\n`,
    ].join('')
  }
}
