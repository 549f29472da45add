/** One effect, as the one who has it knows it: by the idempotency key that it came with. */
interface Effect {
  /** How often it took place: a second request with the same key changes nothing. */
  count: number
  undone: boolean
}

/**
 * Other services, as a saga finds them: an effect happens once for each key, and what was undone before it arrives is
 * never done.
 */
export class Services {
  readonly effects: Map<string, Effect> = new Map()
  readonly asked: string[] = []

  do(key: string): string {
    this.asked.push(key)
    const effect = this.effects.get(key) ?? { count: 0, undone: false }
    if (effect.count === 0 && !effect.undone) effect.count = 1
    this.effects.set(key, effect)
    return key
  }

  undo(stepKey: string): void {
    this.asked.push(`${stepKey}.undo`)
    const effect = this.effects.get(stepKey) ?? { count: 0, undone: false }
    this.effects.set(stepKey, { ...effect, undone: true })
  }

  /** Effects that stand, of one saga. */
  standing(sagaId: string): string[] {
    return [...this.effects]
      .filter(([key, { count, undone }]) => key.startsWith(`${sagaId}.`) && count > 0 && !undone)
      .map(([key]) => key)
  }
}
