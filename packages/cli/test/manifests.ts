/** A manifest without an error. */
export const GOOD_MANIFEST = `watertight: v1
system: shop
reviewed: 2026-11-01
policies:
  standard:
    timeout: { connect: 500ms, attempt: 1s, total: 3s }
    retry: { attempts: 2 }
    breaker: {}
    bulkhead: {}
services:
  order:
    calls:
      payment: { policy: standard }
      stock: { policy: standard }
  payment: {}
  stock: {}
`

/** One misspelt key, one value without its unit, one call to nobody. */
export const BAD_MANIFEST = `watertight: v1
system: shop
policies:
  standard:
    timeout: { attempt: 1, total: 3s }
services:
  order:
    prt: 7001
    calls:
      paymnt: { policy: standard }
  payment: {}
`
