import { INITIAL_EVENTS_END } from './watch-event.ts';

/** A line of a watch as the client understands it; the object is whatever the server sent. */
export type ReceivedEvent =
  | {
      readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
      readonly object: unknown;
      readonly resourceVersion: string;
    }
  | {
      readonly type: 'BOOKMARK';
      readonly resourceVersion: string;
      readonly endsInitialEvents: boolean;
    }
  | { readonly type: 'ERROR'; readonly code: number; readonly message: string };

/** The server sent something that is not part of the watch protocol. */
export class WatchProtocolError extends Error {
  override readonly name = 'WatchProtocolError';
  readonly code = 'WATCH_PROTOCOL';
}

/** Throws {@link WatchProtocolError}. */
export function parseEvent(line: string): ReceivedEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new WatchProtocolError(`a line that is not JSON: ${excerpt(line)}`, { cause });
  }
  const type = field(event, 'type');
  const object = field(event, 'object');
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object, resourceVersion: resourceVersionOf(object) };
    case 'BOOKMARK': {
      const annotations = field(field(object, 'metadata'), 'annotations');
      const endsInitialEvents = field(annotations, INITIAL_EVENTS_END) === 'true';
      return { type, resourceVersion: resourceVersionOf(object), endsInitialEvents };
    }
    case 'ERROR': {
      const code = field(object, 'code');
      const message = field(object, 'message');
      return {
        type,
        code: typeof code === 'number' ? code : 500,
        message:
          typeof message === 'string' ? message : `an error without a message: ${excerpt(line)}`,
      };
    }
    default:
      throw new WatchProtocolError(`an event of unknown type: ${excerpt(line)}`);
  }
}

/**
 * The resourceVersion of a Kubernetes object or list. Throws {@link WatchProtocolError} when it has
 * none.
 */
export function resourceVersionOf(object: unknown): string {
  const version = field(field(object, 'metadata'), 'resourceVersion');
  if (typeof version === 'string' && version !== '') {
    return version;
  }
  throw new WatchProtocolError('an object without metadata.resourceVersion');
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}

/** `value[key]`, if there is such a thing. */
function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
