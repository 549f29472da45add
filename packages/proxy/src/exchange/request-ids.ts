import { randomUUID } from 'node:crypto'

/** Digits that are drawn; the four behind them count. */
const DRAWN = 32
const COUNTED = 0x1_0000

/**
 * Ids in the form of a UUID. All but the last four digits are drawn anew for every 65,536 of them, which are as unique as
 * if each had been drawn; that alone would be a fiftieth of a small request.
 */
export class RequestIds {
  private drawn: string = ''
  private count: number = COUNTED

  next(): string {
    if (this.count === COUNTED) {
      this.drawn = randomUUID().slice(0, DRAWN)
      this.count = 0
    }
    const digits = (COUNTED + this.count).toString(16)
    this.count += 1
    return this.drawn + digits.slice(1)
  }
}
