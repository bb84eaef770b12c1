import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { readStatus } from './status.ts';
import { INITIAL_EVENTS_END } from './watch-event.ts';

/** A line of a watch as the client reads it. The resource's own parser checks the object. */
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

const knownEvent = Compile(
  Type.Object({
    type: Type.Enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
    object: Type.Optional(Type.Unknown()),
  }),
);

const versioned = Compile(
  Type.Object({ metadata: Type.Object({ resourceVersion: Type.String({ minLength: 1 }) }) }),
);

const initialEventsEnd = Compile(
  Type.Object({
    metadata: Type.Object({
      annotations: Type.Object({ [INITIAL_EVENTS_END]: Type.Literal('true') }),
    }),
  }),
);

/** Throws {@link WatchProtocolError}. */
export function parseEvent(line: string): ReceivedEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (cause) {
    throw new WatchProtocolError(`a line that is not JSON: ${excerpt(line)}`, { cause });
  }
  if (!knownEvent.Check(event)) {
    throw new WatchProtocolError(`an event of unknown type: ${excerpt(line)}`);
  }
  const { type, object } = event;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object, resourceVersion: resourceVersionOf(object) };
    case 'BOOKMARK':
      return {
        type,
        resourceVersion: resourceVersionOf(object),
        endsInitialEvents: initialEventsEnd.Check(object),
      };
    case 'ERROR': {
      const { code = 500, message = `an error without a message: ${excerpt(line)}` } =
        readStatus(object);
      return { type, code, message };
    }
  }
}

/**
 * The resourceVersion of a Kubernetes object or list. Throws {@link WatchProtocolError} when it has
 * none.
 */
function resourceVersionOf(object: unknown): string {
  if (versioned.Check(object)) {
    return object.metadata.resourceVersion;
  }
  throw new WatchProtocolError('an object without metadata.resourceVersion');
}

function excerpt(line: string): string {
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}
