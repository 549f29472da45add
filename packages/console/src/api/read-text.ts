/** Reads the body of a request as text, and no more of it than `bytesMax`: undefined where there is more. */
export async function readText({ body }: Request, bytesMax: number): Promise<string | undefined> {
  let text = ''
  let bytes = 0
  const decoder = new TextDecoder()
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
