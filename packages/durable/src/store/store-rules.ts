import { integer, milliseconds, orFalse, required, text, type Rules } from '@watertight/policy/options'

const deadlines: Rules = {
  queryDeadlineMs: milliseconds(1),
  transactionDeadlineMs: milliseconds(1),
}

/** Of whichever store its URL says. */
export const storeRules: Rules = { ...deadlines, connectionsMax: integer(1), listenUrl: orFalse(text) }

export const postgresRules: Rules = { ...storeRules, url: required(text) }

export const embeddedRules: Rules = { ...deadlines, folder: text }
