import type { Json, JsonObject } from '../model/json.ts';
import { isObject, textOf } from '../model/json.ts';
import { badRequest } from '../model/status-error.ts';
import { PROTOBUF_MESSAGES } from './protobuf-messages.ts';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly shape: 'single' | 'list' | 'map';
  readonly omitZero: boolean;
}

type Message = ReadonlyMap<number, Field>;

const messages: ReadonlyMap<string, Message> = new Map(
  PROTOBUF_MESSAGES.trim().split('\n').map(parseMessage),
);

/** A field on the wire: numbers of fixed size are not used by the messages known here. */
type Wire =
  | { readonly number: number; readonly value: bigint }
  | { readonly number: number; readonly value: Uint8Array };

type Decoder = (wire: bigint | Uint8Array) => Json | undefined;

/**
 * How values of scalar types are read, and of the messages whose JSON is not an object of their
 * fields.
 */
const DECODERS: Readonly<Record<string, Decoder>> = {
  string: (wire) => utf8(bytesOf(wire)),
  bytes: (wire) => Buffer.from(bytesOf(wire)).toString('base64'),
  bool: (wire) => wire === 1n,
  int: (wire) => Number(BigInt.asIntN(64, typeof wire === 'bigint' ? wire : 0n)),
  '@Skipped': () => undefined,
  '@Quantity': (wire) => textOf(decodeSimple(wire)[1] ?? '0'),
  '@FieldsV1': (wire) => JSON.parse(textOf(decodeSimple(wire)[1] ?? '{}')) as Json,
  '@IntOrString': (wire) => {
    const { 1: isString, 2: number, 3: text } = decodeSimple(wire);
    return isString === 1 ? (text ?? '') : (number ?? 0);
  },
  '@Time': (wire) => {
    const { 1: seconds } = decodeSimple(wire);
    return typeof seconds === 'number' && seconds !== 0
      ? `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
      : undefined;
  },
};

const MAGIC = Buffer.from('k8s\0');

/** Whether a body is in Kubernetes' protobuf envelope. */
export function isProtobuf(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).equals(MAGIC);
}

/**
 * Decodes a body in the envelope to the JSON of the same object. Throws 400 for a kind or field
 * that `protobuf-messages.ts` does not list.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  const envelope = new Map(
    wireFields(body.subarray(MAGIC.length)).map(({ number, value }) => [number, value]),
  );
  const typeMeta = new Map(
    wireFields(bytesOf(envelope.get(1))).map(({ number, value }) => [number, value]),
  );
  const apiVersion = utf8(bytesOf(typeMeta.get(1)));
  const kind = utf8(bytesOf(typeMeta.get(2)));
  const object = decodeMessage(messageName(apiVersion, kind), bytesOf(envelope.get(2)));
  return { apiVersion, kind, ...object };
}

function parseMessage(line: string): [string, Message] {
  const [name = '', fields = ''] = line.split(': ');
  return [name, new Map(fields.split('; ').map(parseField))];
}

function parseField(text: string): [number, Field] {
  const [number = '', name = '', written = ''] = text.split(' ');
  const omitZero = written.endsWith('?');
  const shape = written.endsWith('[]') ? 'list' : written.endsWith('{}') ? 'map' : 'single';
  return [Number(number), { name, type: written.replace(/(\?|\[\]|\{\})$/, ''), shape, omitZero }];
}

function wireFields(bytes: Uint8Array): Wire[] {
  const fields: Wire[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) {
        throw badRequest('unexpected end of a protobuf message');
      }
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 2: {
        const length = Number(varint());
        if (at + length > bytes.length) {
          throw badRequest('unexpected end of a protobuf message');
        }
        fields.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      default:
        throw badRequest(`unexpected wire type ${String(tag & 7n)} in a protobuf message`);
    }
  }
  return fields;
}

function bytesOf(wire: bigint | Uint8Array | undefined): Uint8Array {
  return wire === undefined || typeof wire === 'bigint' ? new Uint8Array() : wire;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function decodeMessage(name: string, bytes: Uint8Array): JsonObject {
  const message = messages.get(name);
  if (message === undefined) {
    throw badRequest(`the stand-in does not read ${name} as protobuf: send application/json`);
  }
  const object: JsonObject = {};
  for (const { number, value } of wireFields(bytes)) {
    const field = message.get(number);
    if (field === undefined) {
      throw badRequest(
        `the stand-in does not read field ${String(number)} of ${name} as protobuf: send application/json`,
      );
    }
    addField(object, field, value);
  }
  return object;
}

function addField(object: JsonObject, field: Field, wire: bigint | Uint8Array): void {
  if (field.shape === 'map') {
    const entry = new Map(wireFields(bytesOf(wire)).map(({ number, value }) => [number, value]));
    const map = object[field.name];
    const key = utf8(bytesOf(entry.get(1)));
    const value = decodeValue(field.type, entry.get(2) ?? new Uint8Array());
    object[field.name] = { ...(isObject(map) ? map : {}), [key]: value };
    return;
  }
  const value = decodeValue(field.type, wire);
  if (value === undefined || (field.omitZero && (value === '' || value === 0 || value === false))) {
    return;
  }
  if (field.name === '-') {
    Object.assign(object, value);
  } else if (field.shape === 'list') {
    const list = object[field.name];
    object[field.name] = [...(Array.isArray(list) ? list : []), value];
  } else {
    object[field.name] = value;
  }
}

function decodeValue(type: string, wire: bigint | Uint8Array): Json | undefined {
  const decode = DECODERS[type];
  return decode === undefined ? decodeMessage(type, bytesOf(wire)) : decode(wire);
}

/** A message of scalars by field number. */
function decodeSimple(wire: bigint | Uint8Array): Record<number, string | number> {
  return Object.fromEntries(
    wireFields(bytesOf(wire)).map(({ number, value }) => [
      number,
      typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : utf8(value),
    ]),
  );
}

/**
 * `apps/v1`, `Deployment` is the message `apps.Deployment`; options are of no group of their own.
 */
function messageName(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') {
    return 'meta.DeleteOptions';
  }
  const group = apiVersion.includes('/') ? (apiVersion.split(/[./]/)[0] ?? '') : 'core';
  return `${group}.${kind}`;
}
