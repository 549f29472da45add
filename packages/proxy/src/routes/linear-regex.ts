import { setFlagsFromString } from 'node:v8'

let isEnabled = false
/** V8's own, which no standard knows. */
const LINEAR: string = 'l'

/**
 * An expression that matches a whole text in time linear in its length, whatever the text: the platform's ordinary
 * engine backtracks, and one request would hold up all others. V8 has such an engine behind a flag; what it cannot do
 * (look-around, references back) the document does not allow either.
 */
export function linearRegex(source: string): RegExp {
  if (!isEnabled) {
    setFlagsFromString('--enable-experimental-regexp-engine')
    isEnabled = true
  }
  return new RegExp(`^(?:${source})$`, LINEAR)
}
