/** A form as the web sends it (RFC 7578): what goes before, between and after the values, whose bytes stay where they are. */
export interface MultipartForm {
  readonly contentType: string
  readonly parts: readonly (Uint8Array | Blob)[]
  /** Bytes in all: known without reading a file. */
  readonly byteLength: number
}

/**
 * Lays a form out as `multipart/form-data`. The platform can encode one too, but tells neither its length nor lets it
 * be read twice: then a server that needs `content-length` gets none, and a retry has nothing to send.
 *
 * @param unique what tells the boundary from the values; random, of letters and digits
 */
export function multipartForm(form: FormData, unique: string): MultipartForm {
  const boundary = `----formdata-watertight-${unique}`
  const parts: (Uint8Array | Blob)[] = []
  let text = ''
  for (const [name, value] of form) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(withLineBreaks(name))}"`
    if (typeof value === 'string') {
      text += `\r\n\r\n${withLineBreaks(value)}\r\n`
      continue
    }
    text += `; filename="${quoted(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`
    parts.push(encoder.encode(text), value)
    text = '\r\n'
  }
  parts.push(encoder.encode(`${text}--${boundary}--\r\n`))
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    parts,
    byteLength: parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : part.size), 0),
  }
}

const encoder = new TextEncoder()

/** Names stand in a header, so that a quote or a line break in one must not end it. */
function quoted(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22')
}

function withLineBreaks(text: string): string {
  return text.replaceAll(/\r?\n|\r/g, '\r\n')
}
