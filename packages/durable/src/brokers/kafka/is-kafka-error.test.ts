import { expect, test } from 'vitest'
import { isKafkaError, kafkaErrorText } from './is-kafka-error.js'

const answered = (apiId: string): Error => Object.assign(new Error('Request failed.'), { apiId })
const several = (...errors: readonly Error[]): Error => new AggregateError(errors, 'Producing failed.')

test('an error that a broker answered is found by its name, however deep it lies', () => {
  const error = several(new Error('reset'), several(answered('MESSAGE_TOO_LARGE')))
  expect(isKafkaError(error, 'INVALID_RECORD', 'MESSAGE_TOO_LARGE')).toBe(true)
  expect(isKafkaError(error, 'INVALID_RECORD')).toBe(false)
  expect(kafkaErrorText(error)).toBe('reset, MESSAGE_TOO_LARGE')
})

test('a topic that is not there is told by its name also by a client that has a text for it', () => {
  const error = Object.assign(new Error('Unknown topic orders.'), { code: 'PLT_KFK_USER' })
  expect(isKafkaError(several(error), 'UNKNOWN_TOPIC_OR_PARTITION')).toBe(true)
  expect(kafkaErrorText(error)).toBe('UNKNOWN_TOPIC_OR_PARTITION')
})

test('whatever else is told is no answer of a broker', () => {
  const closed = Object.assign(new Error('Client is closed.'), { code: 'PLT_KFK_USER' })
  for (const error of [closed, new Error('Unknown topic orders.'), 'reset', undefined])
    expect(isKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION')).toBe(false)
})
