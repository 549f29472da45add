/**
 * Bytes that may be on their way on one connection, of all its streams together. By default they are 64 KiB, which holds
 * everybody on it to 6.5 MB a second over ten milliseconds of distance. What may wait for a reader is bounded by the windows
 * of the streams; these bytes count as taken in as soon as they have come.
 */
export const CONNECTION_WINDOW_BYTES: number = 4 << 20
