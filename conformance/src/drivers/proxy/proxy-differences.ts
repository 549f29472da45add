import type { Driver } from '../driver.js'

type Differences = Pick<Driver, 'lacks' | 'differs'>

/** Where the Node proxy does not do what a scenario says, with the reasons: by what its callers speak. */
export const proxyDifferences: { readonly http1: Differences; readonly http2: Differences } = {
  http1: { lacks: {}, differs: {} },
  http2: {
    lacks: {
      'header.connection': 'HTTP/2 has no headers of one connection, and its callers cannot send any',
    },
    differs: {},
  },
}
