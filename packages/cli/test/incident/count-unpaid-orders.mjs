// The last line is how many orders were taken and are not paid. Its argument is where the charges are.
import { readFileSync } from 'node:fs'

const lines = readFileSync(process.env.WATERTIGHT_ACKNOWLEDGED, 'utf8').split('\n')
const taken = lines.filter((line) => line !== '').map((line) => JSON.parse(JSON.parse(line).body).id)
const paid = new Set(await (await fetch(process.argv[2])).json())
console.log(`${taken.length} taken, ${paid.size} paid`)
console.log(taken.filter((id) => !paid.has(id)).length)
