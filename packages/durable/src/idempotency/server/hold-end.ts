import type { Completion } from '../claimed-run.js'

/** What becomes of an answer that goes out as it is made. */
export interface EndHandling {
  /** It was made to its end. */
  readonly complete: () => Promise<Completion>
  /** It broke off, or nobody wants the rest of it. */
  readonly abandon: () => Promise<void>
}

/** The stream, of which only the end is held: until it is kept that the request is done. */
export function holdEnd(stream: ReadableStream<Uint8Array>, end: EndHandling): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
      } catch (error) {
        await end.abandon()
        return controller.error(error)
      }
      // Lost to another one, it must not look done.
      if ((await end.complete()).kind !== 'lost') controller.close()
      else controller.error(new Error('cannot end the answer: another request with its key has taken over'))
    },
    cancel: async (reason) => {
      await reader.cancel(reason)
      await end.abandon()
    },
  })
}
