const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n', 'latin1')

/** HTTP/2 begins with what no server of HTTP/1.1 takes for a request (RFC 9113, section 3.4). */
export function isHttp2Preface(first: Buffer): boolean {
  return first.subarray(0, PREFACE.length).equals(PREFACE)
}
