/** HPACK, the headers of HTTP/2 (RFC 7541): it stands alone, and touches no socket. */
export { fieldValue } from './field-value.js'
export type { HeaderField } from './header-field.js'
export { type FieldSink, HpackDecoder } from './hpack-decoder.js'
export { HpackLines, NO_TABLE, statusField } from './hpack-lines.js'
export { requestFields } from './request-fields.js'
