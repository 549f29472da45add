import { describe, expect, test } from 'vitest'
import { parseArguments } from '../src/command-line/arguments.js'

const parse = (...words: string[]) => parseArguments(words, {})

test('without options: port 8443, 20 checkouts per second, the data beside the example', () => {
  const { dataFolder, ...others } = parse()
  expect(others).toEqual({
    help: false,
    port: 8443,
    rate: 20,
    rateIsGiven: false,
    load: true,
    console: true,
    json: false,
  })
  expect(parse('--no-console').console).toBe(false)
  expect(dataFolder).toMatch(/examples\/orders\/\.watertight$/)
})

test('all options, with a space or an equals sign', () => {
  expect(
    parse('--port', '9000', '--rate=50.5', '--seconds', '3', '--data=/x', '--no-load', '--json'),
  ).toEqual({
    help: false,
    port: 9000,
    rate: 50.5,
    rateIsGiven: true,
    seconds: 3,
    dataFolder: '/x',
    load: false,
    console: false,
    json: true,
  })
})

test('PORT counts, --port counts more', () => {
  expect(parseArguments([], { PORT: '8081' }).port).toBe(8081)
  expect(parseArguments(['--port', '0'], { PORT: '8081' }).port).toBe(0)
})

test('help in both spellings', () => {
  expect(parse('--help').help).toBe(true)
  expect(parse('-h').help).toBe(true)
})

describe('what is wrong is named', () => {
  test.each([
    [['--secnods', '3'], 'cannot read option "--secnods": did you mean --seconds?'],
    [['--no-laod'], 'cannot read option "--no-laod": did you mean --no-load?'],
    [['--verbose-everything'], 'cannot read option "--verbose-everything": see --help'],
    [['8080'], 'cannot read option "8080": see --help'],
    [['--port', 'http'], 'cannot read --port: it must be a whole number from 0 to 65535, got "http"'],
    [['--port', '80.5'], 'cannot read --port: it must be a whole number from 0 to 65535, got "80.5"'],
    [['--rate', '0'], 'cannot read --rate: it must be a number from 0.1 to 2000, got "0"'],
    [['--seconds', 'Infinity'], 'cannot read --seconds: it must be a number from 1 to 86400, got "Infinity"'],
    [['--rate'], 'cannot read --rate: its value is missing'],
    [['--data='], 'cannot read --data: its value is missing'],
    [['--no-load=yes'], 'cannot read --no-load=yes: --no-load takes no value'],
    [['--json'], 'cannot use --json: it is for runs that end by themselves, so it needs --seconds'],
  ])('%j', (words, message) => {
    expect(() => parse(...words)).toThrow(message)
  })

  test('a wrong PORT is not blamed on an option', () => {
    const wrong = () => parseArguments([], { PORT: 'x' })
    expect(wrong).toThrow('cannot read PORT: it must be a whole number from 0 to 65535, got "x"')
  })
})
