/** Why a message is not accepted, and the status with which a server says so. Nothing after it can be trusted. */
export interface MessageRefusal {
  readonly status: number
  /** Stable, for logs and metrics. */
  readonly code: string
  readonly reason: string
}

const refusal = (status: number, code: string, reason: string): MessageRefusal =>
  Object.freeze({ status, code, reason })

type RefusalName =
  | 'method'
  | 'target'
  | 'targetTooLong'
  | 'version'
  | 'status'
  | 'bareCr'
  | 'bareLf'
  | 'fold'
  | 'name'
  | 'value'
  | 'headTooLarge'
  | 'tooManyHeaders'
  | 'host'
  | 'hostDiffers'
  | 'length'
  | 'lengthAndEncoding'
  | 'encoding'
  | 'encodingBefore11'
  | 'bodyBeforeAnswer'
  | 'connection'
  | 'expectation'
  | 'upgrade'
  | 'chunkSize'
  | 'chunkExtension'
  | 'chunkExtensionsTooLarge'
  | 'chunkEnd'
  | 'trailer'
  | 'trailersTooLarge'

/** Everything that the codec refuses. Made once: a refusal costs nothing, and may be made millions of times. */
export const refusals: Readonly<Record<RefusalName, MessageRefusal>> = {
  method: refusal(400, 'bad-method', 'the method must be a token of at most 32 bytes'),
  target: refusal(400, 'bad-target', 'the request target must be what RFC 9112 allows for its method'),
  targetTooLong: refusal(414, 'target-too-long', 'the request line is longer than the limit'),
  version: refusal(505, 'bad-version', 'the version must be HTTP/1.1 or HTTP/1.0'),
  status: refusal(502, 'bad-status-line', 'the status line must be HTTP/1.x, a space and three digits'),
  bareCr: refusal(400, 'bare-cr', 'a carriage return must be followed by a line feed'),
  bareLf: refusal(400, 'bare-lf', 'a line feed must follow a carriage return'),
  fold: refusal(400, 'obs-fold', 'a header line must not begin with whitespace'),
  name: refusal(400, 'bad-header-name', 'a header name must be a token, with its colon right behind it'),
  value: refusal(400, 'bad-header-value', 'a header value must not hold control characters'),
  headTooLarge: refusal(431, 'head-too-large', 'the head is larger than the limit'),
  tooManyHeaders: refusal(431, 'too-many-headers', 'there are more headers than the limit'),
  host: refusal(400, 'bad-host', 'there must be exactly one Host, which names a host and may name a port'),
  hostDiffers: refusal(400, 'host-differs', 'Host must equal the authority of the request target'),
  length: refusal(400, 'bad-content-length', 'Content-Length must be one whole number, given once'),
  lengthAndEncoding: refusal(
    400,
    'length-and-encoding',
    'Content-Length and Transfer-Encoding must not both be given',
  ),
  encoding: refusal(501, 'bad-transfer-encoding', 'Transfer-Encoding must be chunked, given once'),
  encodingBefore11: refusal(400, 'encoding-in-http10', 'Transfer-Encoding must not be given before HTTP/1.1'),
  bodyBeforeAnswer: refusal(502, 'body-before-answer', 'a head before the answer must announce no body'),
  connection: refusal(400, 'bad-connection', 'Connection must list tokens, and none that frames the message'),
  expectation: refusal(417, 'bad-expectation', 'Expect must be 100-continue'),
  upgrade: refusal(400, 'bad-upgrade', 'Upgrade must list protocols, and come without a body'),
  chunkSize: refusal(400, 'bad-chunk-size', 'a chunk must begin with its size, at most 8 hexadecimal digits'),
  chunkExtension: refusal(400, 'bad-chunk-extension', 'a chunk extension must be ;name or ;name=value'),
  chunkExtensionsTooLarge: refusal(413, 'chunk-extensions-too-large', 'chunk extensions exceed the limit'),
  chunkEnd: refusal(400, 'bad-chunk-end', 'a chunk must end with CR LF after as many bytes as it said'),
  trailer: refusal(400, 'bad-trailer', 'a trailer must not frame or route the message'),
  trailersTooLarge: refusal(431, 'trailers-too-large', 'the trailers are larger than the limit'),
}
