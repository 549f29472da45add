// The bare server in a process that has loaded nothing else, which shows how much the heap alone matters.
import { createServer } from 'node:http'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

serveForBenchmark(createServer((_request, response) => answer(response)))
