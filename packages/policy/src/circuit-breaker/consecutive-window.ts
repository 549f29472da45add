import type { CallWindow } from './call-window.js'
import type { ConsecutiveSnapshot, WindowSnapshot } from './window-snapshot.js'

/**
 * The current run of failures; a success ends it. Both totals are the length of the run, so the rate is 1
 * from the first failure on and the minimum number of calls is what trips the circuit.
 */
export class ConsecutiveWindow implements CallWindow {
  calls = 0
  failures = 0
  slow = 0

  record(_now: number, failed: number): void {
    this.failures = failed === 0 ? 0 : this.failures + 1
    this.calls = this.failures
  }

  expire(): void {
    // A run of failures ends by a success, not by age.
  }

  clear(): void {
    this.calls = 0
    this.failures = 0
  }

  snapshot(): ConsecutiveSnapshot {
    return { kind: 'consecutive', failures: this.failures }
  }

  load(snapshot: WindowSnapshot): void {
    if (snapshot.kind !== 'consecutive') return
    this.failures = snapshot.failures
    this.calls = snapshot.failures
  }
}
