// The bare server of node:http, as the measure of what the guard costs.
import { createServer } from 'node:http'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

serveForBenchmark(createServer((_request, response) => answer(response)))
