/** What goes on for its reader. */
interface Going {
  abandon(reason: Error): void
}

/**
 * Ends exchanges whose bodies nobody can read any more. Without a limit in time, such a body would wait for its reader,
 * and its connection with it, for as long as the process lives.
 *
 * The body is with its response until somebody asks for the stream, and with the stream from then on. Only bodies that
 * are still coming when their response is handed over are watched, and so small ones cost nothing.
 */
const forgotten = new FinalizationRegistry<Going>((exchange) => exchange.abandon(FORGOTTEN))

const FORGOTTEN = new Error('the response was forgotten')

/** From now on the body is with this holder, and no longer with the one before. */
export function watchForgotten(holder: object, exchange: Going, former?: object): void {
  if (former !== undefined) forgotten.unregister(former)
  forgotten.register(holder, exchange, holder)
}
