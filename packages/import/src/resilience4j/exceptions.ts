/** What a manifest can retry: classes of failures, and statuses. */
type Condition = string

const io: readonly Condition[] = ['connect-failure', 'refused-stream', 'reset']
const everything: readonly Condition[] = ['5xx', ...io, 'attempt-timeout']
const connect: readonly Condition[] = ['connect-failure', 'refused-stream']
const slow: readonly Condition[] = ['attempt-timeout']

/** Well-known exceptions by their simple names, and the failures of a call that raise them. */
const meanings: Readonly<Record<string, readonly Condition[]>> = {
  Throwable: everything,
  Exception: everything,
  RuntimeException: everything,
  ConnectException: connect,
  HttpHostConnectException: connect,
  ConnectTimeoutException: connect,
  HttpConnectTimeoutException: connect,
  UnknownHostException: connect,
  NoRouteToHostException: connect,
  SocketException: io,
  IOException: io,
  EOFException: ['reset'],
  PrematureCloseException: ['reset'],
  NoHttpResponseException: ['reset'],
  WebClientRequestException: io,
  ResourceAccessException: [...io, 'attempt-timeout'],
  RetryableException: [...io, 'attempt-timeout'],
  RestClientException: everything,
  SocketTimeoutException: slow,
  TimeoutException: slow,
  ReadTimeoutException: slow,
  HttpTimeoutException: slow,
  InterruptedIOException: slow,
  FeignException: ['5xx'],
  FeignServerException: ['5xx'],
  HttpServerErrorException: ['5xx'],
  HttpStatusCodeException: ['5xx'],
  RestClientResponseException: ['5xx'],
  WebClientResponseException: ['5xx'],
  ServerErrorException: ['5xx'],
  InternalServerErrorException: ['500'],
  ServiceUnavailableException: ['503'],
  InternalServerError: ['500'],
  NotImplemented: ['501'],
  BadGateway: ['502'],
  ServiceUnavailable: ['503'],
  GatewayTimeout: ['504'],
  TooManyRequests: ['429'],
}

/** Exceptions that stand for no failed answer of a callee: refusals of Resilience4j, and statuses below 500. */
const neverRetried =
  /^(CallNotPermitted|BulkheadFull|RequestNotPermitted|HttpClientError|FeignClient|IllegalArgument|Validation)(Exception)?$|^(BadRequest|Unauthorized|Forbidden|NotFound|Conflict|UnprocessableEntity)(Exception)?$/

export interface ExceptionList {
  /** What the list covers, as conditions of a manifest. */
  readonly conditions: readonly Condition[]
  /** Those that have no equivalent. */
  readonly unknown: readonly string[]
}

/** Reads class names as conditions: `java.net.ConnectException`, `feign.FeignException$ServiceUnavailable`. */
export function readExceptions(classes: readonly string[]): ExceptionList {
  const conditions = new Set<Condition>()
  const unknown: string[] = []
  for (const name of classes) {
    const simple = name.split(/[.$]/).at(-1) ?? ''
    const meaning = Object.hasOwn(meanings, simple) ? meanings[simple] : undefined
    if (meaning !== undefined) for (const condition of meaning) conditions.add(condition)
    else if (!neverRetried.test(simple)) unknown.push(simple)
  }
  return { conditions: ordered([...conditions]), unknown }
}

/** What Resilience4j retries, and its breaker counts, where no list narrows it. */
export const allConditions: readonly Condition[] = everything

/** Without single statuses that `5xx` covers. */
function ordered(conditions: readonly Condition[]): Condition[] {
  const covered = conditions.filter((condition) => !(conditions.includes('5xx') && /^5\d\d$/.test(condition)))
  const rank = (condition: Condition): number =>
    everything.includes(condition) ? everything.indexOf(condition) : 0
  return covered.toSorted((a, b) => rank(a) - rank(b))
}
