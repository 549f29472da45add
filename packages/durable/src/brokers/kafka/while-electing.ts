import { isKafkaError } from './is-kafka-error.js'

const TRIES = 40
const PAUSE_MS = 50
const ELECTING = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_OR_FOLLOWER']

/** Asks again, for some two seconds, while a topic that was just made or has lost a broker has no leader that knows it. */
export async function whileElecting<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || !isKafkaError(error, ...ELECTING)) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
