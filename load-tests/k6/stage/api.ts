// Calls of the gateway. Each is named after what it does, so that metrics do not split by ids in paths.
import http, { type RefinedParams, type RefinedResponse } from 'k6/http';
import { settings } from './settings.ts';

export type Answer = RefinedResponse<'text'>;

export interface Call {
  readonly name: string;
  readonly path: string;
  readonly key: string;
  readonly body: object;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Longer than the gateway ever takes, so that a time-out is its fault. */
const TIMEOUT = '5s';
const AT_ONCE_MAX = 32;
const DETAIL_LENGTH_MAX = 300;

function paramsOf({ name, key, tags }: Omit<Call, 'path' | 'body'>): RefinedParams<'text'> {
  return {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    tags: { ...tags, name },
    timeout: TIMEOUT,
    responseType: 'text',
  };
}

export function post(call: Call): Answer {
  return http.post(settings.baseUrl + call.path, JSON.stringify(call.body), paramsOf(call));
}

export function put(call: Call): Answer {
  return http.put(settings.baseUrl + call.path, JSON.stringify(call.body), paramsOf(call));
}

export function get(call: Omit<Call, 'body'>): Answer {
  return http.get(settings.baseUrl + call.path, paramsOf(call));
}

/** Throws an Error with the answer when it is none of success. */
export function bodyOf<Body>(answer: Answer): Body {
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`${answer.url}: ${answer.status} ${answer.error} ${answer.body?.slice(0, DETAIL_LENGTH_MAX)}`);
  }
  return JSON.parse(answer.body) as Body;
}

/** The bodies in the order of the calls, some calls at a time. Throws an Error as `bodyOf` does. */
export function postAll<Body>(calls: readonly Call[]): Body[] {
  const bodies: Body[] = [];
  for (let first = 0; first < calls.length; first += AT_ONCE_MAX) {
    const requests = calls.slice(first, first + AT_ONCE_MAX).map((call) => ({
      method: 'POST',
      url: settings.baseUrl + call.path,
      body: JSON.stringify(call.body),
      params: paramsOf(call),
    }));
    for (const answer of http.batch(requests)) bodies.push(bodyOf<Body>(answer as Answer));
  }
  return bodies;
}
