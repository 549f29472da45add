/** The document's words, what they mean and their defaults, without the schema: for drivers, which read no document. */
export { type Balance, balanceDefault, balanceNames } from './words/balance-names.js'
export { type ProxyEngine, proxyEngineNames } from './words/gateway-words.js'
export { ejectionDefaults } from './words/ejection-defaults.js'
export { type Mode, modeNames } from './words/mode-names.js'
export { timeLimitDefaults } from './words/time-limit-defaults.js'
export {
  type AnswerCondition,
  conditionMatchesFailure,
  conditionMatchesGrpc,
  conditionMatchesStatus,
  defaultRetryOn,
  type FailureClass,
  failureWords,
  grpcStatusOf,
  type GrpcWord,
  type RetryCondition,
  someMatchesFailure,
  someMatchesGrpc,
  someMatchesStatus,
  type StatusWord,
  type TransportWord,
} from './words/failure-words.js'
export { systemWords } from './words/system-words.js'
