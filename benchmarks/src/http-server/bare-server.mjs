// The bare server of node:http, as the measure of what the guard costs. The package is loaded and not used: the engine
// gives a process that has loaded more a larger young generation, and that alone moves a server that does so little.
import { createServer } from 'node:http'
import '../../../packages/http/dist/index.js'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

serveForBenchmark(createServer((_request, response) => answer(response)))
