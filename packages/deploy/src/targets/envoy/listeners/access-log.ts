import { type Json, typed } from '../json.js'

/** One line of JSON a request on standard output, with the flags that say what Envoy made of it. */
export const accessLog: readonly Json[] = [
  {
    name: 'envoy.access_loggers.stdout',
    typed_config: typed('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
      log_format: {
        json_format: {
          time: '%START_TIME%',
          caller: '%DOWNSTREAM_REMOTE_ADDRESS%',
          method: '%REQ(:METHOD)%',
          path: '%REQ(:PATH)%',
          authority: '%REQ(:AUTHORITY)%',
          protocol: '%PROTOCOL%',
          status: '%RESPONSE_CODE%',
          flags: '%RESPONSE_FLAGS%',
          details: '%RESPONSE_CODE_DETAILS%',
          attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
          durationMs: '%DURATION%',
          bytesReceived: '%BYTES_RECEIVED%',
          bytesSent: '%BYTES_SENT%',
          cluster: '%UPSTREAM_CLUSTER%',
          endpoint: '%UPSTREAM_HOST%',
          requestId: '%REQ(X-REQUEST-ID)%',
          traceparent: '%REQ(TRACEPARENT)%',
        },
      },
    }),
  },
]
