import { expect, it } from 'vitest'
import { classifyFailure } from './classify-failure.js'
import type { TransportError } from './transport-error.js'

const limits = [
  ['UND_ERR_CONNECT_TIMEOUT', false, 'WT_CONNECT_TIMEOUT', 'connect-failure'],
  ['UND_ERR_HEADERS_TIMEOUT', true, 'WT_HEADERS_TIMEOUT', 'attempt-timeout'],
  ['UND_ERR_BODY_TIMEOUT', true, 'WT_BODY_TIMEOUT', 'reset'],
] as const

it.each(limits)(
  "knows a dispatcher's own time limit for what it is: %s",
  (theirs, sent, code, failureClass) => {
    const cause = Object.assign(new Error('too late'), { code: theirs })
    const failure = classifyFailure(cause, 'http://orders', sent)
    expect(failure).toMatchObject({ code, failureClass, timeoutMs: undefined })
    expect((failure as TransportError).reason).toContain("within the dispatcher's limit")
  },
)

it.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])(
  'says of an answer in clear (%s) what it is, and not what OpenSSL reads in it',
  (code) => {
    const cause = Object.assign(new Error('80ACC:error:0A00010B:SSL routines:wrong version number'), { code })
    expect(classifyFailure(cause, 'https://payment.test', false)).toMatchObject({
      code: 'WT_TLS',
      reason: 'cannot connect to https://payment.test: it does not speak TLS',
      cause: { code },
    })
  },
)
