import type { AnswerCondition, FallbackModel } from '@watertight/manifest'
import { someMatchesStatus } from '@watertight/manifest/words'
import { type Json, typed } from '../json.js'
import type { Passage } from '../passage.js'

export const FALLBACK_FILTER = 'envoy.filters.http.custom_response'

export function hasFixedAnswer({ fallback, enforced }: Passage): boolean {
  return enforced && fallback?.status !== undefined
}

/**
 * The fixed answer in place of a callee that cannot: for a status from 500 on and for 429, whether the callee sent it or
 * Envoy made it of a failure. Empty where the document gives no fixed answer.
 */
export function fallbackFilter(passage: Passage): Json {
  const { fallback, policy } = passage
  if (fallback === undefined || !hasFixedAnswer(passage)) return {}
  return {
    [FALLBACK_FILTER]: typed('envoy.extensions.filters.http.custom_response.v3.CustomResponse', {
      custom_response_matcher: {
        matcher_list: {
          matchers: [{ predicate: predicate(policy.answers), on_match: { action: answer(fallback) } }],
        },
      },
    }),
  }
}

function predicate(answers: readonly AnswerCondition[]): Json {
  const failed = either([status('HttpResponseStatusCodeClassMatchInput', '5xx'), oneStatus(429)])
  const passed = ANSWERABLE.filter((code) => someMatchesStatus(answers, code)).map(oneStatus)
  if (passed.length === 0) return failed
  return { and_matcher: { predicate: [failed, { not_matcher: either(passed) }] } }
}

const ANSWERABLE: readonly number[] = [429, ...Array.from({ length: 100 }, (_, index) => 500 + index)]

function oneStatus(code: number): Json {
  return status('HttpResponseStatusCodeMatchInput', String(code))
}

function status(input: string, exact: string): Json {
  const typedInput = { name: 'status', typed_config: typed(`envoy.type.matcher.v3.${input}`) }
  return { single_predicate: { input: typedInput, value_match: { exact } } }
}

/** Envoy takes no choice of one. */
function either(predicates: readonly Json[]): Json {
  return predicates.length === 1 ? predicates[0]! : { or_matcher: { predicate: predicates } }
}

function answer({ status: code, body }: FallbackModel): Json {
  const type = 'envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy'
  const content = body === undefined ? '' : JSON.stringify(body)
  return {
    name: 'fallback',
    typed_config: typed(type, {
      status_code: code,
      ...(body === undefined ? {} : { body: { inline_string: content }, response_headers_to_add: [AS_JSON] }),
    }),
  }
}

const AS_JSON: Json = {
  header: { key: 'content-type', value: 'application/json' },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
}
