/** What is put off to the end of a turn. */
export interface Due {
  writeNow(): void
}

/** In their order. */
let due: Due[] = []

function endTurn(): void {
  const all = due
  due = []
  for (let index = 0; index < all.length; index++) all[index]!.writeNow()
}

/** Has it write when all that can be read in this turn of the event loop has been read. */
export function atEndOfTurn(one: Due): void {
  if (due.length === 0) setImmediate(endTurn)
  due.push(one)
}
