/**
 * A permit is the mark of the call in flight times this, plus the epoch it belongs to, from 1 upwards: one number, so
 * that admitting allocates nothing.
 */
const EPOCHS = 2 ** 16

/** The permit of a call that is let through but must decide nothing: no epoch has the number 0. */
export const SPECTATOR: number = EPOCHS

export function permitOf(epoch: number, mark: number): number {
  return mark * EPOCHS + epoch
}

export function epochOf(permit: number): number {
  return permit & (EPOCHS - 1)
}

export function markOf(permit: number): number {
  return Math.floor(permit / EPOCHS)
}

/** A call would have to hang for 65,535 changes of state to be taken for one of its own epoch. */
export function nextEpoch(epoch: number): number {
  return epoch + 1 === EPOCHS ? 1 : epoch + 1
}
