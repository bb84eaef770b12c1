import type { Json } from '../model/json.ts';
import type { ServedResource } from './registry.ts';
import type { WriteOptions } from './write-options.ts';

/** The parts of every request on a resource. */
export interface ResourceRequest {
  readonly served: ServedResource;
  /** Undefined for cluster-scoped resources and for lists over all namespaces. */
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  /** Adds a line to the response's Warning headers. */
  readonly warn: (text: string) => void;
}

/** A write of one object. */
export interface WriteRequest extends ResourceRequest {
  readonly name: string;
  readonly subresource: string | undefined;
  readonly options: WriteOptions;
}

/** A decoded body. */
export interface Body {
  readonly value: Json;
  /** The paths of members that it has twice. */
  readonly duplicates: readonly string[];
}
