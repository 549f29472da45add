import type { Driver } from '../driver.js'

type Differences = Pick<Driver, 'lacks' | 'differs'>

/** An import of Istio sees to it that every call ends. */
export const importedLimit: Readonly<Record<string, string>> = {
  'istio-calls-have-no-time-limit-where-nothing-is-said':
    'a call without any limit can hang for ever: where Istio has none, what is read of it gets 30 s up to the head of the answer',
}

/** Where the Node proxy does not do what a scenario says, with the reasons: by what its callers speak. */
export const proxyDifferences: { readonly http1: Differences; readonly http2: Differences } = {
  http1: { lacks: {}, differs: importedLimit },
  http2: {
    lacks: {
      'header.connection': 'HTTP/2 has no headers of one connection, and its callers cannot send any',
    },
    differs: importedLimit,
  },
}
