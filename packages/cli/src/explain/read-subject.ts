import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

/** What `explain` was asked about. */
export type Subject =
  | { readonly kind: 'finding'; readonly code: string }
  | { readonly kind: 'call'; readonly from: string; readonly to: string }
  /** A route of the gateway, by its path. */
  | { readonly kind: 'route'; readonly path: string }
  | { readonly kind: 'saga'; readonly name: string }
  | { readonly kind: 'event'; readonly name: string }
  /** A name alone: whoever asks is told what it calls. */
  | { readonly kind: 'service'; readonly name: string }

/**
 * Reads `order payment`, `order -> payment`, `order:payment`, `order/payment`, `gateway /orders`, `saga place-order`, `event order-created`,
 * or the code of a finding.
 *
 * @throws CommandError when the words are neither, with the way to write them.
 */
export function readSubject(words: readonly string[]): Subject {
  const text = words.join(' ').trim()
  if (/^wt-[a-z-]+$/i.test(text)) return { kind: 'finding', code: text.toUpperCase() }
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text)) return { kind: 'service', name: text }
  // With an arrow, they are services that happen to be called so.
  const data = /^(saga|event)\s+([a-z][a-z0-9-]*)$/.exec(text)
  if (data?.[2] !== undefined) return { kind: data[1] === 'saga' ? 'saga' : 'event', name: data[2] }
  const route = /^gateway\s*(?:->|→|=>|[>:])?\s*(\/\S*)$/.exec(text)?.[1]
  if (route !== undefined) return { kind: 'route', path: route }
  const names = text.split(/\s*(?:->|→|=>|[>:/])\s*|\s+-\s+|\s+/).filter((name) => name !== '')
  const [from, to] = names
  if (names.length === 2 && from !== undefined && to !== undefined && !to.endsWith('-')) {
    if (to !== '-') return { kind: 'call', from, to }
  }
  throw usage(text, from)
}

/** What `explain` needs to be told. */
export const NEEDS =
  'it must be a caller and a callee, gateway and the path of a route, saga or event and its name, or the code of a finding'

// An unquoted `order -> payment` reaches us as `order -`, and the shell sends our output to a file named payment.
function usage(text: string, from: string | undefined): CommandError {
  const cut = /(^|\s)\S*-$/.test(text)
  const caller = from?.replace(/-$/, '') ?? 'order'
  const hint = cut
    ? `the shell took the > for itself and made a file of that name: write watertight explain ${caller} CALLEE or ${caller}:CALLEE, or quote '${caller} -> CALLEE'`
    : "write two names: watertight explain order payment, or 'order -> payment' in quotes"
  return new CommandError(`cannot explain ${JSON.stringify(text)}: ${NEEDS}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
    hint,
  })
}
