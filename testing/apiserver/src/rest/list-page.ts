import type { KubeObject } from '../model/kube-object.ts';
import { objectKey, resourceKey } from '../model/resource.ts';
import { badRequest, expired, StatusError } from '../model/status-error.ts';
import type { Selector } from '../store/selectors.ts';
import { parseFieldSelector, parseLabelSelector } from '../store/selectors.ts';
import type { Store } from '../store/store.ts';
import type { ResourceRequest } from './request.ts';

/** One page of a list. */
export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
  readonly remainingItemCount?: number;
}

interface ContinueToken {
  readonly revision: number;
  readonly after: string;
}

/**
 * Answers a list: all of it at the newest revision, or at an exact revision, or in pages. All pages
 * show the revision of the first. Throws 410 when that revision is discarded, and 504 when it
 * lies in the future.
 */
export function listPage(store: Store, request: ResourceRequest): ListPage {
  const { query } = request;
  const token = decodeToken(query.get('continue'));
  const revision = revisionOf(store, query, token);
  const resource = resourceKey(request.served.resource);
  const prefix = keyPrefix(request.namespace);
  const all = objectsAt(store, resource, prefix, revision, token !== undefined);
  const selected = all.filter(selectorOf(request));
  const rest =
    token === undefined ? selected : selected.filter((object) => keyOf(object) > token.after);
  return firstOf(rest, revision, query);
}

/** The label and field selectors of a request as one. */
export function selectorOf(request: ResourceRequest): Selector {
  const labels = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(
    request.query.get('fieldSelector') ?? '',
    resourceKey(request.served.resource),
  );
  return (object) => labels(object) && fields(object);
}

/** The key prefix of the objects that a list or watch is about. */
export function keyPrefix(namespace: string | undefined): string {
  return namespace === undefined ? '' : `${namespace}/`;
}

/** A resourceVersion parameter as a number. Throws 400 when it is none. */
export function parseRevision(text: string | null): number | undefined {
  if (text === null || text === '') {
    return undefined;
  }
  if (!/^\d+$/.test(text)) {
    throw badRequest(`invalid resource version: ${text}`);
  }
  return Number(text);
}

function decodeToken(text: string | null): ContinueToken | undefined {
  if (text === null || text === '') {
    return undefined;
  }
  try {
    const { revision, after } = JSON.parse(
      Buffer.from(text, 'base64url').toString(),
    ) as Partial<ContinueToken>;
    if (typeof revision === 'number' && typeof after === 'string') {
      return { revision, after };
    }
  } catch {
    // Answered below: a token that is not ours.
  }
  throw badRequest(`continue key is not valid: ${text}`);
}

function revisionOf(
  store: Store,
  query: URLSearchParams,
  token: ContinueToken | undefined,
): number {
  const asked = parseRevision(query.get('resourceVersion'));
  if (asked !== undefined && asked > store.revision) {
    throw tooLarge(asked, store.revision);
  }
  const exact = query.get('resourceVersionMatch') === 'Exact' ? asked : undefined;
  return token?.revision ?? exact ?? store.revision;
}

/** 504: the client knows a revision that this server has not reached. */
function tooLarge(asked: number, current: number): StatusError {
  const message = `Too large resource version: ${String(asked)}, current: ${String(current)}`;
  return new StatusError(504, 'Timeout', `Timeout: ${message}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

function objectsAt(
  store: Store,
  resource: string,
  prefix: string,
  revision: number,
  continued: boolean,
): KubeObject[] {
  if (revision === store.revision) {
    return store.list(resource, prefix);
  }
  try {
    return store.listAt(resource, prefix, revision);
  } catch (error) {
    if (!continued) {
      throw error;
    }
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    );
  }
}

function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace, object.metadata.name);
}

/** The page that the limit leaves of the objects not sent yet. */
function firstOf(rest: readonly KubeObject[], revision: number, query: URLSearchParams): ListPage {
  const resourceVersion = String(revision);
  const limit = Number(query.get('limit') ?? 0);
  if (limit <= 0 || rest.length <= limit) {
    return { items: rest, resourceVersion };
  }
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const continueToken = encodeToken({ revision, after: last === undefined ? '' : keyOf(last) });
  const page = { items, resourceVersion, continueToken };
  return hasSelector(query) ? page : { ...page, remainingItemCount: rest.length - limit };
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function hasSelector(query: URLSearchParams): boolean {
  return ['labelSelector', 'fieldSelector'].some((name) => (query.get(name) ?? '') !== '');
}
