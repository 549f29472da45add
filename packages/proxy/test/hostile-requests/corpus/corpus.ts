import { bodyLengths } from './body-lengths.js'
import { chunks } from './chunks.js'
import { headerFields } from './header-fields.js'
import { hopByHop } from './hop-by-hop.js'
import type { Family } from './hostile-request.js'
import { hosts } from './hosts.js'
import { requestLines } from './request-lines.js'
import { transferCodings } from './transfer-codings.js'

/** Requests that were published as getting past some server, and their well-formed neighbours. */
export const corpus: readonly Family[] = [
  requestLines,
  hosts,
  headerFields,
  bodyLengths,
  transferCodings,
  chunks,
  hopByHop,
]
