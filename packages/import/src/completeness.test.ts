import { readManifest } from '@watertight/manifest'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exampleOf, importText, mapsOf, scalarsOf } from '../test/examples.js'
import type { Conversion } from './convert.js'
import { IMPORT_FORMATS, type ImportFormat } from './formats.js'
import { ImportError } from './import-error.js'

/** Values that say nothing a manifest could lose: the format itself, and what holds here anyway. */
const withoutEffect: Readonly<Record<ImportFormat, readonly RegExp[]>> = {
  resilience4j: [
    /\bbase-?config$/i,
    /paymentBackend\.timeoutDuration$/,
    /retry\..*exponentialBackoffMultiplier$/,
  ],
  dapr: [/apiVersion$/, /retries\.\w+\.policy$/],
  // A route to the host that it is for, and `attempts: 0`, which is what no `attempts` means.
  istio: [
    /apiVersion$/,
    /metadata\.name(space)?$/,
    /(reviews|details)\..*destination\.host$/,
    /details\..*retries\.attempts$/,
  ],
  'gateway-api': [
    /apiVersion$/,
    /metadata\.name(space)?$/,
    /PathPrefix|path\.type$/,
    /group$/,
    /payment\..*backendRefs\[0\]\.name$/,
  ],
  linkerd: [/apiVersion$/, /metadata\.namespace$/, /group$/],
  // The type of a message, the filter that Envoy cannot do without, and a port that the route of a host never sees.
  envoy: [/@type$/, /filters\[\d\]\.name$/, /domains\[\d\]$/, /socket_address\.address$/],
}

/** All that an import says, without line numbers. */
function said({ manifest, unsupported }: Conversion): string {
  const entries = unsupported.map(({ path, reason }) => `${path} ${reason}`)
  return [manifest.replace(/:\d+/g, ''), ...entries].join('\n')
}

/** Whether a value, something that it is part of, or a part of it is among what is said to be left out. */
function isNamed(path: string, { unsupported }: Conversion): boolean {
  return unsupported.some(
    ({ path: at }) => at.startsWith(path) || path.startsWith(`${at}.`) || path.startsWith(`${at}[`),
  )
}

/** Damaged texts for each format; the nightly run takes its time. */
const damages = Number(process.env['WATERTIGHT_FUZZ'] ?? 40)

function attempt(format: ImportFormat, text: string, file: string): Conversion | undefined {
  try {
    return importText(format, text, file)
  } catch (error) {
    if (error instanceof ImportError) return undefined
    throw error
  }
}

describe.each(IMPORT_FORMATS)('import %s drops nothing silently', (format) => {
  const { text, file, documents, write } = exampleOf(format)

  it('says something else when any one value is removed, or names it', { timeout: 60_000 }, () => {
    const whole = importText(format, write(documents), file)
    const silent = scalarsOf(documents)
      .filter(
        ({ path }) => !isNamed(path, whole) && !withoutEffect[format].some((pattern) => pattern.test(path)),
      )
      .filter(({ without }) => {
        const rest = attempt(format, write(without), file)
        return rest !== undefined && said(rest) === said(whole)
      })
      .map(({ path }) => path)
    expect(silent).toEqual([])
  })

  it('names any key that it does not know, wherever it stands', { timeout: 60_000 }, () => {
    const places = mapsOf(documents)
    const value = fc.oneof(
      fc.integer(),
      fc.string({ maxLength: 5 }),
      fc.constant({ deeper: { still: 1 } }),
      fc.constant([1, 2]),
    )
    fc.assert(
      fc.property(fc.constantFrom(...places), value, ({ path, withKey }, given) => {
        const key = 'somethingElse'
        const own = path === '' ? key : `${path}.${key}`
        const named = isNamed(own, importText(format, write(withKey(key, given)), file))
        expect({ own, named }).toEqual({ own, named: true })
      }),
      { numRuns: 40 },
    )
  })

  it(
    'reads any damaged text or refuses it clearly, and always writes a manifest',
    { timeout: 3_600_000 },
    () => {
      const edit = fc.record({
        at: fc.nat(text.length),
        remove: fc.nat(30),
        insert: fc.string({ maxLength: 6 }),
      })
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
          const damaged = edits.reduce(
            (before, { at, remove, insert }) => before.slice(0, at) + insert + before.slice(at + remove),
            text,
          )
          const conversion = attempt(format, damaged, file)
          if (conversion === undefined) return
          expect(readManifest(conversion.manifest, 'watertight.yaml').problems).toEqual([])
          for (const { line } of conversion.unsupported)
            expect(line).toBeLessThanOrEqual(damaged.split('\n').length)
        }),
        { numRuns: damages },
      )
    },
  )
})
