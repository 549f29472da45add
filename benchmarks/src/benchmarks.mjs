/**
 * The benchmarks by name: what `npm run bench -- <name>` starts, and the built files it cannot do without.
 * @type {Record<string, { summary: string, entry: string, needs: string[], flags?: string[] }>}
 */
export const benchmarks = {
  policy: {
    summary:
      'ns and bytes per successful call and per refusal, beside cockatiel, opossum, mollitia and moleculer',
    entry: 'src/policy/policy.mjs',
    needs: ['packages/policy/dist/index.js'],
  },
  engine: {
    summary: 'ns per call of the client composition, of the engine by callbacks, and in virtual time',
    entry: 'src/engine/engine.mjs',
    needs: ['packages/policy/dist/engine/index.js'],
  },
  'policy-memory': {
    summary: 'bytes and timers of idle circuit breakers, alone and 100,000 in a registry',
    entry: 'src/policy/policy-memory.mjs',
    needs: ['packages/policy/dist/index.js'],
  },
  manifest: {
    summary: 'ms to check a manifest of 1,000 services and 5,000 calls',
    entry: 'src/manifest/manifest.mjs',
    needs: ['packages/manifest/dist/index.js'],
  },
  cli: {
    summary: 'ms from start to end of `watertight --version`, `--help`, `check` and `explain`',
    entry: 'src/cli/cli.mjs',
    needs: ['packages/cli/dist/main.js', 'packages/manifest/dist/index.js'],
  },
  'http-client': {
    summary: 'requests per second with every policy on, beside undici request and fetch',
    entry: 'src/http-client/http-client.mjs',
    // Node's own heap, as services have it: a large new space is fresh memory all the time, and getting it from the
    // system page by page is most of a slow answer.
    flags: ['--expose-gc'],
    needs: ['packages/http/dist/index.js'],
  },
  'http-server': {
    summary: 'requests per second behind the guard, beside the bare node:http server',
    entry: 'src/http-server/http-server.mjs',
    needs: ['packages/http/dist/index.js'],
  },
  proxy: {
    summary: 'requests per second through the gateway, beside Envoy, HAProxy, nginx and Node proxies',
    entry: 'src/proxy/proxy.mjs',
    needs: ['packages/cli/dist/main.js', 'packages/proxy/dist/index.js'],
  },
  durable: {
    summary: 'sagas per second and latency, beside DBOS Transact and Restate',
    entry: 'src/durable/durable.mjs',
    flags: ['--expose-gc'],
    needs: ['packages/durable/dist/index.js'],
  },
  'proxy-idle': {
    summary: 'memory of ten thousand idle connections, beside Envoy',
    entry: 'src/proxy/idle.mjs',
    needs: ['packages/cli/dist/main.js', 'packages/proxy/dist/index.js'],
  },
  console: {
    summary: 'size and first paint of the page, and frames per second with 100 services and 300 calls',
    entry: 'src/console/console.mjs',
    needs: ['packages/console/dist/index.js', 'packages/console/dist/page/page.js'],
  },
  telemetry: {
    summary: 'ns and bytes to record a call, beside prom-client',
    entry: 'src/telemetry/telemetry.mjs',
    needs: ['packages/telemetry/dist/index.js'],
  },
}

/**
 * A new space of fixed, generous size: bytes can be counted between two collections, and every case pays the same
 * for the collector. `--expose-gc` lets each measurement begin with an empty one.
 */
export const nodeFlags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=128']
