import { readFile } from 'node:fs/promises';
import type { Json, JsonObject } from '../model/json.ts';
import { equalJson, isObject, listAt, stringAt } from '../model/json.ts';
import type { RestAnswer, RestClient } from '../setup/rest.ts';

/** A request with the answer of a real kube-apiserver; without an answer it only prepares. */
export interface RecordedExchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly contentType?: string;
    /** `${uid}` and `${resourceVersion}` stand for those of the object at the path. */
    readonly body?: Json;
  };
  readonly answer?: {
    readonly status: number;
    readonly reason?: string;
    /** `<reason> <field>` of each cause, sorted. */
    readonly faults?: readonly string[];
    readonly message?: string;
    /** The members of a successful answer that are compared. */
    readonly shows?: JsonObject;
  };
}

/** Requests whose answers differ in the same way and for the same reason. */
export interface AcceptedDifference {
  /** `words`: only the message differs; `answer`: status, reason, fields or content. */
  readonly differs: 'answer' | 'words';
  readonly why: string;
  readonly requests: readonly string[];
}

/** A difference between the stand-in and the recorded answer. */
export interface Difference {
  readonly differs: AcceptedDifference['differs'];
  readonly expected: Json;
  readonly received: Json;
}

const FOLDER = new URL('../../recorded/', import.meta.url);

/** The exchanges of a file of `recorded/`, one a line. */
export async function recordedExchanges(file: string): Promise<readonly RecordedExchange[]> {
  const text = await readFile(new URL(file, FOLDER), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedExchange);
}

/** The differences that stay. */
export async function acceptedDifferences(): Promise<readonly AcceptedDifference[]> {
  const text = await readFile(new URL('differences.json', FOLDER), 'utf8');
  return JSON.parse(text) as readonly AcceptedDifference[];
}

/** Sends a recorded request; undefined when the answer is the recorded one. */
export async function differenceOf(
  client: RestClient,
  { request, answer }: RecordedExchange,
): Promise<Difference | undefined> {
  const { method, path, contentType, body } = request;
  const received = await client.send({
    method,
    path,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body: await filledIn(client, path, body) }),
  });
  if (answer === undefined) {
    return undefined;
  }
  const { message, shows, ...expected } = answer;
  const seen = outcomeOf(received, expected.faults !== undefined);
  const wanted = JSON.parse(JSON.stringify(expected)) as JsonObject;
  if (!equalJson(seen, wanted)) {
    return { differs: 'answer', expected: wanted, received: seen };
  }
  if (shows !== undefined && !contains(received.body, shows)) {
    return { differs: 'answer', expected: shows, received: received.body };
  }
  const words = normalised(stringAt(received.body, 'message') ?? '');
  return message === undefined || message === words
    ? undefined
    : { differs: 'words', expected: message, received: words };
}

async function filledIn(client: RestClient, path: string, body: Json): Promise<Json> {
  const text = JSON.stringify(body);
  if (!text.includes('${')) {
    return body;
  }
  const { body: current } = await client.send({ method: 'GET', path });
  return JSON.parse(
    text
      .replace('${uid}', stringAt(current, 'metadata', 'uid') ?? '')
      .replace('${resourceVersion}', stringAt(current, 'metadata', 'resourceVersion') ?? ''),
  ) as Json;
}

function outcomeOf({ status, body }: RestAnswer, withFaults: boolean): JsonObject {
  const reason = status < 400 ? undefined : stringAt(body, 'reason');
  const faults = listAt(body, 'details', 'causes')
    .map((cause) => `${stringAt(cause, 'reason') ?? ''} ${stringAt(cause, 'field') ?? ''}`)
    .sort();
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(withFaults ? { faults } : {}),
  };
}

/** Whether a value has all of another one's members; lists must be of one length. */
function contains(value: Json | undefined, part: Json | undefined): boolean {
  if (Array.isArray(part)) {
    return (
      Array.isArray(value) &&
      value.length === part.length &&
      part.every((item, index) => contains(value[index], item))
    );
  }
  if (isObject(part)) {
    return (
      isObject(value) && Object.entries(part).every(([key, member]) => contains(value[key], member))
    );
  }
  return equalJson(value ?? null, part ?? null);
}

function normalised(message: string): string {
  return message
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replaceAll(/egress-web\.[a-z0-9]{5}/g, 'egress-web.RANDOM');
}
