/** How much of each part a message may have. What is beyond is refused at the first byte that is too many. */
export interface Http1Limits {
  /** Bytes of the request line or status line. Default 8192. */
  readonly startLineBytesMax: number
  /** Bytes of start line and headers together. Default 32768. */
  readonly headBytesMax: number
  /** Header lines, and trailer lines. Default 100. */
  readonly headersMax: number
  /** Bytes of all chunk extensions of one body. Default 4096. */
  readonly chunkExtensionBytesMax: number
  /** Bytes of the trailers. Default 8192. */
  readonly trailerBytesMax: number
}

export const http1LimitDefaults: Http1Limits = {
  startLineBytesMax: 8_192,
  headBytesMax: 32_768,
  headersMax: 100,
  chunkExtensionBytesMax: 4_096,
  trailerBytesMax: 8_192,
}
