import type { ResponseSource } from '../response/fetch-response.js'

/**
 * Ends exchanges whose responses were forgotten with a body that nobody has read. Without a limit in time, the body
 * would wait for its reader, and its connection with it, for as long as the process lives.
 *
 * Only bodies that are still coming when their response is handed over are watched, and so small ones cost nothing.
 */
const forgotten = new FinalizationRegistry<ResponseSource>((exchange) => exchange.abandon(FORGOTTEN))

const FORGOTTEN = new Error('the response was forgotten')

export function watchForgotten(response: object, exchange: ResponseSource): void {
  forgotten.register(response, exchange)
}
