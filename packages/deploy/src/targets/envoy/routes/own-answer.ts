import type { RedirectModel, RespondModel, RouteMatch, RouteModel } from '@watertight/manifest'
import type { Json } from '../json.js'
import { header } from './header-changes.js'
import { pathRewrite } from './rewrite.js'

const REDIRECT_CODES: Readonly<Record<number, string>> = {
  301: 'MOVED_PERMANENTLY',
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
}

/** What the gateway answers itself: a redirect, or an answer of the document. */
export function ownAnswer({ redirect, respond, match }: RouteModel): Json {
  if (redirect !== undefined) return { redirect: redirection(redirect, match) }
  return respond === undefined ? {} : answer(respond)
}

function redirection({ scheme, host, port, path, status }: RedirectModel, match: RouteMatch): Json {
  return {
    response_code: REDIRECT_CODES[status],
    ...(scheme === undefined ? {} : { scheme_redirect: scheme }),
    ...(host === undefined ? {} : { host_redirect: host }),
    ...(port === undefined ? {} : { port_redirect: port }),
    ...(path === undefined
      ? {}
      : path.part === 'whole'
        ? { path_redirect: path.path }
        : { regex_rewrite: pathRewrite(path, match) }),
  }
}

function answer({ status, body, contentType }: RespondModel): Json {
  return {
    direct_response: { status, ...(body === '' ? {} : { body: { inline_string: body } }) },
    ...(contentType === undefined
      ? {}
      : { response_headers_to_add: [header('content-type', contentType, 'OVERWRITE_IF_EXISTS_OR_ADD')] }),
  }
}
