import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { askForSystem } from './ask-for-system.js'

/** Types these keys, each after the question that they answer has been shown. */
async function answer(keys: readonly string[]): Promise<{
  sketch: Awaited<ReturnType<typeof askForSystem>>
  shown: string
}> {
  const input = new PassThrough()
  const output = new PassThrough()
  const left = [...keys]
  let shown = ''
  let asked = 0
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    // The prompt redraws itself at every key; a new question has a new text.
    const questions = QUESTIONS.filter((question) => shown.includes(question)).length
    if (questions <= asked) return
    asked = questions
    setImmediate(() => input.write(left.shift() ?? ''))
  })
  const sketch = await askForSystem('shop', { input, output })
  return { sketch, shown }
}

const QUESTIONS = ['the system called', 'Its services', 'Which one calls which']

it('makes a system of the answers', async () => {
  const { sketch } = await answer(['My Shop\r', 'order=7001, payment\r', 'order > payment\r'])
  expect(sketch?.system).toBe('my-shop')
  expect(sketch?.services).toMatchObject([
    { name: 'order', port: 7001, calls: ['payment'] },
    { name: 'payment', calls: [] },
  ])
})

it('takes what it suggests for an empty answer', async () => {
  const { sketch } = await answer(['\r', '\r', '\r'])
  expect(sketch?.system).toBe('shop')
  expect(sketch?.services.map(({ name, calls }) => [name, calls])).toEqual([
    ['order', ['payment']],
    ['payment', []],
  ])
})

it('ends without a system at Ctrl-C', async () => {
  const { sketch, shown } = await answer(['web\r', '\u0003'])
  expect(sketch).toBeUndefined()
  expect(shown).toContain('Nothing was written')
})
