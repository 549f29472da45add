/** What moves the cursor, clears the screen, sets the title or rings; of its kinds, `COLOUR` alone is kept. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- it is what this is about
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?|[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g
// oxlint-disable-next-line no-control-regex -- it is what this is about
const COLOUR = /^\u001b\[[\d;:]*m$/
const RESET = '\u001b[0m'

/**
 * A line as it may stand among those of others on a terminal: its colours are kept and end with it, and nothing in it does anything
 * else.
 */
export function plainLine(line: string): string {
  let colour = RESET
  const plain = line.replaceAll(CONTROLS, (control) => {
    if (!COLOUR.test(control)) return ''
    colour = control
    return control
  })
  return colour === RESET || colour === '\u001b[m' ? plain : plain + RESET
}
