import { expect, it } from 'vitest'
import picocolors from 'picocolors'
import { envoyTraces } from './envoy-traces.js'

/** What an Envoy is told of its collector by these variables, and what its user is. */
function told(env: Readonly<Record<string, string>>) {
  const said: string[] = []
  const sink = (write: (text: string) => void) => ({
    write,
    isTty: false,
    columns: 100,
    colours: picocolors.createColors(false),
  })
  const terminal = {
    cwd: '/',
    env,
    out: sink(() => {}),
    err: sink((text) => said.push(text)),
    in: { isTty: false, read: () => Promise.resolve('') },
  }
  return { traces: envoyTraces({ kind: 'gateway' }, terminal), said: said.join('') }
}

const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' }

it('sends spans where the variables of OpenTelemetry say, under the name and by the share that they say', () => {
  const url = 'http://127.0.0.1:4318/v1/traces'
  expect(told({}).traces).toBeUndefined()
  expect(told(all)).toEqual({ traces: { url, service: 'gateway', share: 1 }, said: '' })
  const own = { ...all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/spans' }
  expect(told(own).traces?.url).toBe('https://traces.example/spans')
  const tenth = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' }
  expect(told({ ...all, ...tenth, OTEL_SERVICE_NAME: 'edge' }).traces).toEqual({
    url,
    service: 'edge',
    share: 0.1,
  })
  expect(told({ ...all, OTEL_TRACES_SAMPLER: 'always_off' }).traces?.share).toBe(0)
  expect(told({ ...all, OTEL_SDK_DISABLED: 'true' }).traces).toBeUndefined()
})

it('says that there are no spans where another protocol is asked for than Envoy has, or the address is none', () => {
  const json = told({ ...all, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })
  expect(json.traces).toBeUndefined()
  expect(json.said).toContain('it speaks http/protobuf alone, and http/json is asked for')
  const none = told({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'traces' })
  expect(none.traces).toBeUndefined()
  expect(none.said).toContain('must be a URL, got "traces"')
})
