import { failureWords, type TransportWord } from '@watertight/manifest/words'

/** Every way to end without an answer, each once: a reset before the request is a reset too. */
export const anyFailure: readonly TransportWord[] = failureWords.transport.filter(
  (word) => word !== 'reset-before-request',
)
