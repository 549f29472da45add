/**
 * What connections are read into: a read is told at once and to its end, so one buffer serves all,
 * and no read allocates. Whoever needs bytes longer copies them.
 */
export const sharedReadBuffer: Buffer = Buffer.allocUnsafeSlow(65_536)
