/**
 * Standard input is a pipe that the supervisor holds and never writes to. It closes when the supervisor ends, even by
 * SIGKILL, and this process then ends too. Nobody is left to drain for, and all that is kept is safe against a crash at
 * any moment.
 */
export function endWithStdin(): void {
  process.stdin.once('close', () => process.exit(0))
  process.stdin.resume()
}
