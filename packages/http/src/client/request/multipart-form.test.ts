import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { multipartForm } from './multipart-form.js'

const whole = async (form: FormData) => {
  const { parts, contentType, byteLength } = multipartForm(form, 'x1')
  const bytes = new Uint8Array(
    await new Blob([...parts] as ConstructorParameters<typeof Blob>[0]).arrayBuffer(),
  )
  return { bytes, contentType, byteLength }
}

describe('multipartForm', () => {
  it('announces as many bytes as it has', async () => {
    const form = new FormData()
    form.append('a', 'ä\nb')
    form.append('file', new File(['one', 'two'], 'a "quoted"\nname.txt', { type: 'text/plain' }))
    form.append('blob', new Blob([new Uint8Array([0, 255])]))
    const { bytes, byteLength } = await whole(form)
    expect(bytes.length).toBe(byteLength)
  })

  it('is read by the platform as what it was made from, whatever the names and values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), fc.boolean()), {
          maxLength: 4,
        }),
        async (fields) => {
          const form = new FormData()
          for (const [name, value, isFile] of fields) {
            if (isFile) form.append(name, new File([value], 'f.bin', { type: 'a/b' }))
            else form.append(name, value)
          }
          const { bytes, contentType } = await whole(form)
          if (fields.length === 0) return
          const read = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
          const lines = (text: string): string => text.replaceAll(/\r?\n|\r/g, '\r\n')
          const told = await Promise.all(
            [...read].map(async ([name, value]) => [
              name,
              typeof value === 'string' ? value : await value.text(),
            ]),
          )
          expect(told).toEqual(
            fields.map(([name, value, isFile]) => [lines(name), isFile ? value : lines(value)]),
          )
        },
      ),
      { numRuns: 200 },
    )
  })

  it('lets no name end its header', () => {
    const form = new FormData()
    form.append('a"; x="\r\nContent-Type: evil', 'v')
    const [head] = multipartForm(form, 'x1').parts
    expect(new TextDecoder().decode(head as Uint8Array).split('\r\n')[1]).toBe(
      'Content-Disposition: form-data; name="a%22; x=%22%0D%0AContent-Type: evil"',
    )
  })
})
