/** Milliseconds of the units that gRPC writes: hours, minutes, seconds, milli-, micro- and nanoseconds. */
const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
}

/**
 * The deadline that `grpc-timeout: 100m` sets: up to eight digits and a unit (gRPC over HTTP/2, "Requests").
 * `Infinity` where there is none, or it is malformed.
 */
export function readGrpcTimeout(text: string | undefined, now: number): number {
  const match = text === undefined ? null : /^(\d{1,8})([HMSmun])$/.exec(text)
  return match === null ? Infinity : now + Number(match[1]) * UNIT_MS[match[2] ?? '']!
}
